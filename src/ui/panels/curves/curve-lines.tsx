import { useId, useMemo } from 'react';
import { useActiveTooltipDataPoints, usePlotArea, useXAxisScale, useYAxisScale, ZIndexLayer } from 'recharts';
import { runColor } from '../run-marker.tsx';
import { OriginLine } from './branch-line.tsx';
import { KEYS, type LineKey, useCurveView } from './curve-view.ts';
import { GapArea, gapRows } from './gap.tsx';
import { OldLine } from './old-line.tsx';
import { type CrosshairStop, type CurveRow, nearestWith, type XAxisName } from './rows.ts';
import { TwinLine } from './twin-line.tsx';

type Scale = (value: unknown) => number | undefined;

/** The future as a grey band, and the curves: a path each, so that a step of the run costs three strings. */
export function CurveLines() {
  const { metric, rows, axis, run, raw, extent, twin, gap, origins } = useCurveView();
  const keys = KEYS[metric];
  const clip = useId();
  const plot = usePlotArea();
  const x = useXAxisScale();
  const y = useYAxisScale();
  const [active] = useActiveTooltipDataPoints<CrosshairStop>() ?? [];
  const paths = useMemo(() => {
    const path = (key: LineKey) => (x && y ? pathOf(rows, axis, key, x, y) : '');
    return { raw: raw ? path(keys.raw) : '', train: path(keys.train), validation: path(keys.validation) };
  }, [rows, axis, keys, raw, x, y]);
  const before = useMemo(() => {
    const path = (of: readonly CurveRow[], key: LineKey) => (x && y ? pathOf(of, axis, key, x, y) : '');
    return origins.map(({ run: number, rows: of }) => ({
      run: number,
      train: path(of, keys.train),
      validation: path(of, keys.validation),
    }));
  }, [origins, axis, keys, x, y]);
  if (!plot || !x || !y) return null;
  const color = runColor(run);
  const now = x(extent.now) ?? plot.x;
  const line = { className: 'curve', fill: 'none', stroke: color, strokeLinejoin: 'round' } as const;
  const dot = (key: LineKey) => active && nearestWith(rows, axis, Math.min(active.x, extent.now), key);
  return (
    <>
      <ZIndexLayer zIndex={-50}>
        <rect
          x={now}
          y={plot.y}
          width={Math.max(0, plot.x + plot.width - now)}
          height={plot.height}
          fill="var(--inset)"
        />
      </ZIndexLayer>
      <ZIndexLayer zIndex={400}>
        <clipPath id={clip}>
          <rect x={plot.x} y={plot.y - 3} width={plot.width + 3} height={plot.height + 6} />
        </clipPath>
        <g clipPath={`url(#${clip})`}>
          {gap && metric === 'loss' && <GapArea rows={gapRows(rows, gap.epoch)} axis={axis} x={x} y={y} />}
          {before.map((origin) => (
            <OriginLine key={origin.run} {...origin} />
          ))}
          {twin && <TwinLine twin={twin} metric={metric} axis={axis} x={x} y={y} />}
          {raw && <path {...line} d={paths.raw} data-line={keys.raw} strokeWidth={1} strokeOpacity={0.34} />}
          <path {...line} d={paths.train} data-line={keys.train} strokeWidth={2} />
          <path {...line} d={paths.validation} data-line={keys.validation} strokeWidth={3} strokeDasharray="7 4" />
          {keys.old && <OldLine {...{ rows, axis, x, y }} left={plot.x} right={plot.x + plot.width} />}
          <ActiveDot row={dot(keys.train)} at={{ axis, key: keys.train, x, y }} color={color} />
          <ActiveDot row={dot(keys.validation)} at={{ axis, key: keys.validation, x, y }} color={color} hollow />
        </g>
      </ZIndexLayer>
    </>
  );
}

function pathOf(rows: readonly CurveRow[], axis: XAxisName, key: LineKey, x: Scale, y: Scale): string {
  let path = '';
  for (const row of rows) {
    const value = row[key];
    if (value === undefined) continue;
    const [px, py] = [x(row[axis]), y(value)];
    // the logarithm of 0 has no place
    if (px === undefined || py === undefined || !Number.isFinite(py)) continue;
    path += `${path ? 'L' : 'M'}${px.toFixed(1)} ${Math.max(-9999, py).toFixed(1)}`;
  }
  return path;
}

interface ActiveDotProps {
  row: CurveRow | undefined;
  at: { axis: XAxisName; key: LineKey; x: Scale; y: Scale };
  color: string;
  hollow?: boolean;
}

/** The point of a line that the tooltip tells. */
function ActiveDot({ row, at: { axis, key, x, y }, color, hollow = false }: ActiveDotProps) {
  if (row?.[key] === undefined) return null;
  return (
    <circle
      cx={x(row[axis])}
      cy={y(row[key])}
      r={4.5}
      fill={hollow ? 'var(--surface)' : color}
      stroke={hollow ? color : 'var(--surface)'}
      strokeWidth={hollow ? 2 : 1}
    />
  );
}
