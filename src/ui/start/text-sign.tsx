interface TextSignProps {
  /** Prompts with answers, in place of texts with labels. */
  pairs: boolean;
  className?: string | undefined;
}

/** Lines of text: how far each goes, and the colour of its label. */
const LINES = [
  { width: 380, colour: 'var(--run-1)' },
  { width: 300, colour: 'var(--run-2)' },
  { width: 410, colour: 'var(--run-1)' },
];

/** A drawn stand-in for texts, which have no pictures: a few lines with their labels, or a question and its answer. */
export function TextSign({ pairs, className }: TextSignProps) {
  return (
    <svg className={className} viewBox="0 0 584 112" preserveAspectRatio="xMaxYMid slice" aria-hidden="true">
      <rect width="584" height="112" rx="10" fill="var(--inset)" />
      {pairs ? (
        <>
          <rect x="18" y="14" width="330" height="36" rx="14" fill="var(--surface)" stroke="var(--line-2)" />
          <rect x="36" y="28" width="250" height="8" rx="4" fill="var(--line-2)" />
          <rect x="206" y="60" width="360" height="40" rx="14" fill="var(--info-bg)" stroke="var(--info-line)" />
          <rect x="224" y="70" width="310" height="7" rx="3.5" fill="var(--run-1)" />
          <rect x="224" y="84" width="210" height="7" rx="3.5" fill="var(--run-1)" />
        </>
      ) : (
        LINES.map(({ width, colour }, i) => (
          <g key={width} transform={`translate(0 ${16 + i * 29})`}>
            <rect x="18" y="5" width={width} height="8" rx="4" fill="var(--line-2)" />
            <rect x="488" y="0" width="78" height="18" rx="9" fill={colour} />
          </g>
        ))
      )}
    </svg>
  );
}
