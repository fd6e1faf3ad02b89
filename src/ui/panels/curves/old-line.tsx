import type { CurveRow, XAxisName } from './rows.ts';

type Scale = (value: unknown) => number | undefined;

/** Diamonds that are drawn of a line: more would lie on each other. */
const MOST_DIAMONDS = 24;
const DIAMOND = 'M0,-4.5L4.5,0L0,4.5L-4.5,0z';

interface OldLineProps {
  rows: readonly CurveRow[];
  axis: XAxisName;
  x: Scale;
  y: Scale;
  /** Of the plot, for the line at the first value. */
  left: number;
  right: number;
}

/** The task that the model knew before: a line of its own hue with open diamonds, and where it began as a dotted line. */
export function OldLine({ rows, axis, x, y, left, right }: OldLineProps) {
  const points = rows.flatMap((row) => {
    const [px, py] = [x(row[axis]), row.oldAccuracy === undefined ? undefined : y(row.oldAccuracy)];
    return px === undefined || py === undefined ? [] : [{ px, py }];
  });
  const [first] = points;
  if (!first) return null;
  const every = Math.ceil(points.length / MOST_DIAMONDS);
  const path = points.map(({ px, py }, i) => `${i === 0 ? 'M' : 'L'}${px.toFixed(1)} ${py.toFixed(1)}`).join('');
  return (
    <g className="curve">
      <path d={`M${left} ${first.py}H${right}`} stroke="var(--old)" strokeWidth={1.5} strokeDasharray="2 4" />
      <path d={path} data-line="oldAccuracy" fill="none" stroke="var(--old)" strokeWidth={2} strokeLinejoin="round" />
      {points
        .filter((_, i) => i % every === 0)
        .map(({ px, py }) => (
          <OldDiamond key={px} x={px} y={py} />
        ))}
    </g>
  );
}

export const OldDiamond = ({ x, y }: { x: number; y: number }) => (
  <path d={DIAMOND} transform={`translate(${x} ${y})`} fill="var(--surface)" stroke="var(--old)" strokeWidth={1.8} />
);

/** As the line is drawn, for the legend. */
export const OldSwatch = () => (
  <svg width={18} height={10} viewBox="0 0 18 10" aria-hidden="true">
    <path d="M0 5H18" stroke="var(--old)" strokeWidth={2} />
    <OldDiamond x={9} y={5} />
  </svg>
);
