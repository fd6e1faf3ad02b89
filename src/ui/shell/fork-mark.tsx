/** The product's sign: a fork. One tine is the new task, the other the old. */
export function ForkMark() {
  return (
    <svg width="22" height="26" viewBox="0 0 22 26" aria-hidden="true">
      <path
        d="M3.5 1.5V9a7.5 7.5 0 0 0 15 0V1.5M11 16.5V24.5"
        fill="none"
        stroke="var(--ink)"
        strokeWidth="3"
        strokeLinecap="round"
      />
      <circle cx="11" cy="24" r="2" fill="var(--brass)" />
    </svg>
  );
}
