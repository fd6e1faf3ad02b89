import { memo, type ReactElement, useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { CartesianGrid, ComposedChart, Line, ReferenceLine, Tooltip, XAxis, YAxis } from 'recharts';
import { useFormat } from '@/ui/format.ts';
import { ChartOverlay } from './chart-overlay.tsx';
import { CurveLines } from './curve-lines.tsx';
import { CurveTooltip } from './curve-tooltip.tsx';
import type { Metric, PlacedMark } from './curve-view.ts';
import type { LossDomain } from './extent.ts';
import { crosshairStops, type XAxisName } from './rows.ts';
import { textWidth } from './text-width.ts';
import { axisTicks } from './ticks.ts';

interface CurveFrameProps {
  metric: Metric;
  axis: XAxisName;
  /** The horizontal axis's end, in its unit and in epochs. */
  end: number;
  epochs: number;
  domain: LossDomain;
  scale: 'linear' | 'log';
  best: number | undefined;
  stop: number | undefined;
  marks: readonly PlacedMark[];
  old: string | undefined;
  width: number;
  height: number;
  wide: boolean;
}

/**
 * Axes, grid, marks and crosshair. A chart of many points costs this library some 30 ms an update, ten times a second:
 * so it gets none of them, is drawn anew only when an axis or a mark moves, and the curves inside draw themselves.
 */
export const CurveFrame = memo(function CurveFrame(props: CurveFrameProps) {
  const { metric, axis, end, epochs, domain, scale, best, stop, marks, old, width, height, wide } = props;
  const { t } = useTranslation('chart');
  const format = useFormat();
  const stops = useMemo(() => crosshairStops(end, epochs), [end, epochs]);
  // the chart below has the numbers of the axis that both share
  const bare = wide && metric === 'loss';
  // words at the line ends, at their longest
  const value = format.percent(1);
  const ends = [t('training'), t('validation'), ...(old ? [old] : [])].map((name) =>
    textWidth(t('end', { name, value })),
  );
  const tick = { fontSize: 12, fill: 'var(--tick)' };
  return (
    <ComposedChart
      width={width}
      height={height}
      data={stops}
      syncId="curves"
      syncMethod="index"
      margin={{ top: metric === 'loss' ? 30 : 8, right: wide ? Math.max(...ends) + 14 : 14, bottom: 0, left: 0 }}
      aria-label={t(metric)}
    >
      <CartesianGrid vertical={false} stroke="var(--grid)" />
      <XAxis
        dataKey="x"
        type="number"
        domain={[0, end]}
        ticks={axisTicks(end, wide ? 10 : 5, axis !== 'seconds')}
        tickFormatter={(value: number) => (axis === 'seconds' ? format.duration(value) : format.number(value, 0))}
        tick={bare ? false : tick}
        stroke="var(--axis)"
        height={bare ? 8 : 26}
        interval={0}
        allowDataOverflow
      />
      <YAxis
        type="number"
        scale={scale}
        domain={[domain.low, domain.high]}
        ticks={domain.ticks}
        tickFormatter={(value: number) => (metric === 'loss' ? format.number(value, 4) : format.percent(value, 0))}
        tick={tick}
        width={48}
        axisLine={false}
        tickLine={false}
        interval={0}
        allowDataOverflow
      />
      {/* the crosshair needs a line to stand on; it is not seen */}
      <Line dataKey="x" stroke="none" dot={false} activeDot={false} isAnimationActive={false} />
      {marks.map(({ number, x, stopping }) => (
        <ReferenceLine
          key={number}
          x={x}
          className="mark"
          stroke={stopping ? 'var(--warn)' : 'var(--ink-2)'}
          strokeWidth={stopping ? 1.5 : 1.25}
          strokeDasharray={stopping ? '5 4' : '1.5 3'}
          shape={MarkLine}
        />
      ))}
      {best !== undefined && <ReferenceLine x={best} stroke="var(--good)" strokeWidth={1.5} shape={MarkLine} />}
      {stop !== undefined && (
        <ReferenceLine x={stop} stroke="var(--warn)" strokeWidth={1.5} strokeDasharray="5 4" shape={MarkLine} />
      )}
      <CurveLines />
      <ChartOverlay />
      <Tooltip
        content={<CurveTooltip />}
        cursor={{ stroke: 'var(--ink)', strokeWidth: 1 }}
        isAnimationActive={false}
        offset={12}
      />
    </ComposedChart>
  );
});

/** A vertical mark; in the loss chart it reaches up to its chip. */
function MarkLine(props: Record<string, unknown>): ReactElement<SVGElement> {
  const { x1, y1, x2, y2, stroke, strokeWidth, strokeDasharray } = props as Record<string, number & string>;
  const [top, bottom] = [Math.min(Number(y1), Number(y2)), Math.max(Number(y1), Number(y2))];
  return (
    <path
      d={`M${x1} ${top >= 20 ? 22 : top}L${x2} ${bottom}`}
      stroke={stroke}
      strokeWidth={strokeWidth}
      strokeDasharray={strokeDasharray}
    />
  );
}
