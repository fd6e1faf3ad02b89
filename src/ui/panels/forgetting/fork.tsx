import { useId } from 'react';

const TINE = { width: 34, height: 132, top: 6 };

interface ForkProps {
  /** Shares. */
  now: number;
  old: number;
  /** Where the old task began. */
  began: number;
  /** Of the new task. */
  color: string;
  /** For who cannot see it. */
  label: string;
}

/** Two vessels on one handle: the new task fills as the old one empties. The dotted line is where the old one began. */
export function Fork({ now, old, began, color, label }: ForkProps) {
  const { top, height } = TINE;
  const line = top + height * (1 - began);
  return (
    <svg viewBox="0 0 116 182" width={116} height={182} role="img" aria-label={label}>
      <path
        d={`M25 ${top + height}v6a20 20 0 0 0 20 20h26a20 20 0 0 0 20 -20v-6M58 ${top + height + 26}v12`}
        fill="none"
        stroke="var(--line-2)"
        strokeWidth={9}
        strokeLinecap="round"
      />
      <Tine x={8} share={now} color={color} />
      <Tine x={74} share={old} color="var(--old)" />
      <path d={`M68 ${line}h46`} stroke="var(--old)" strokeWidth={2} strokeDasharray="3 3" />
    </svg>
  );
}

function Tine({ x, share, color }: { x: number; share: number; color: string }) {
  const { width, height, top } = TINE;
  const clip = useId();
  const filled = height * Math.min(1, Math.max(0, share));
  return (
    <>
      <clipPath id={clip}>
        <rect x={x} y={top} width={width} height={height} rx={8} />
      </clipPath>
      <rect x={x} y={top} width={width} height={height} rx={8} fill="var(--inset)" stroke="var(--line-2)" />
      <rect
        x={x}
        y={top + height - filled}
        width={width}
        height={filled}
        fill={color}
        clipPath={`url(#${clip})`}
        data-filled={share.toFixed(3)}
      />
    </>
  );
}
