import { useElementSize } from '@mantine/hooks';
import type { TFunction } from 'i18next';
import { memo, type ReactElement } from 'react';
import { useTranslation } from 'react-i18next';
import {
  CartesianGrid,
  ComposedChart,
  Line,
  ReferenceArea,
  ReferenceDot,
  ReferenceLine,
  Tooltip,
  XAxis,
  YAxis,
} from 'recharts';
import { useFormat } from '@/ui/format.ts';
import { runColor } from '../run-marker.tsx';
import { ChartOverlay, type Chip } from './chart-overlay.tsx';
import { CurveTooltip } from './curve-tooltip.tsx';
import styles from './curves.module.css';
import { type Extent, type LossDomain, lineEnds } from './extent.ts';
import { type CurveRow, nearestWith, type XAxisName } from './rows.ts';
import { axisTicks } from './ticks.ts';

interface CurveChartProps {
  metric: 'loss' | 'accuracy';
  run: number;
  rows: readonly CurveRow[];
  axis: XAxisName;
  extent: Extent;
  /** Vertical axis. */
  domain: LossDomain;
  scale: 'linear' | 'log';
  /** Whether the line of every single step is drawn behind the smoothed one. */
  raw: boolean;
  /** Words over the whole, for who cannot see it. */
  summary: string;
}

const KEYS = {
  loss: { train: 'trainLoss', raw: 'trainLossRaw', validation: 'validationLoss' },
  accuracy: { train: 'trainAccuracy', raw: 'trainAccuracyRaw', validation: 'validationAccuracy' },
} as const;
/** Room for labels at the line ends, where the chart is wide enough to spare it. */
const LABEL_ROOM = 126;
export const WIDE = 520;

/** One metric along the run: training solid, validation dashed, marks for the best epoch and for early stopping. */
export const CurveChart = memo(function CurveChart(props: CurveChartProps) {
  const { ref, width, height } = useElementSize();
  return (
    <figure className={styles.figure} data-metric={props.metric} ref={ref}>
      {width > 0 && height > 0 && <Drawing {...props} width={width} height={height} />}
    </figure>
  );
});

function Drawing(props: CurveChartProps & { width: number; height: number }) {
  const { metric, run, rows, axis, extent, domain, scale, raw, summary, width, height } = props;
  const { t } = useTranslation('chart');
  const format = useFormat();
  const keys = KEYS[metric];
  const color = runColor(run);
  const wide = width >= WIDE;
  // the other chart has the axis's numbers
  const below = wide && metric === 'loss';
  const ends = lineEnds(rows, metric);
  const show = (value: number) => (metric === 'loss' ? format.fixed(value, 3) : format.percent(value));
  const lineEnd = (row: CurveRow | undefined, key: keyof CurveRow, words: string, hollow: boolean) =>
    row?.[key] === undefined
      ? []
      : [{ x: row[axis], y: row[key], words: t('end', { name: words, value: show(row[key]) }), hollow }];
  const best = extent.best;
  const bestRow = best && nearestWith(rows, { ...rows[0]!, step: stepAt(rows, best.x, axis) }, keys.validation);
  const line = { type: 'linear', dot: false, isAnimationActive: false, connectNulls: true, stroke: color } as const;

  return (
    <ComposedChart
      width={width}
      height={height}
      data={rows as CurveRow[]}
      syncId="curves"
      syncMethod="index"
      margin={{ top: metric === 'loss' ? 30 : 8, right: wide ? LABEL_ROOM : 14, bottom: 0, left: 0 }}
      aria-label={summary}
    >
      <CartesianGrid vertical={false} stroke="var(--grid)" />
      <XAxis
        dataKey={axis}
        type="number"
        domain={[0, extent.end]}
        ticks={axisTicks(extent.end, wide ? 10 : 5, axis !== 'seconds')}
        tickFormatter={(value: number) => (axis === 'seconds' ? format.duration(value) : format.number(value, 0))}
        tick={below ? false : { fontSize: 12, fill: 'var(--tick)' }}
        stroke="var(--axis)"
        height={below ? 8 : 26}
        interval={0}
        allowDataOverflow
      />
      <YAxis
        type="number"
        scale={scale}
        domain={[domain.low, domain.high]}
        ticks={domain.ticks}
        tickFormatter={(value: number) => (metric === 'loss' ? format.number(value, 4) : format.percent(value, 0))}
        tick={{ fontSize: 12, fill: 'var(--tick)' }}
        width={48}
        axisLine={false}
        tickLine={false}
        interval={0}
        allowDataOverflow
      />
      {extent.end > extent.now && (
        <ReferenceArea x1={extent.now} x2={extent.end} fill="var(--inset)" fillOpacity={1} zIndex={-50} />
      )}
      {raw && (
        <Line {...line} dataKey={keys.raw} strokeWidth={1} strokeOpacity={0.34} activeDot={false} legendType="none" />
      )}
      <Line
        {...line}
        dataKey={keys.train}
        strokeWidth={2}
        activeDot={{ r: 4, fill: color, stroke: 'var(--surface)' }}
      />
      <Line
        {...line}
        dataKey={keys.validation}
        strokeWidth={3}
        strokeDasharray="7 4"
        activeDot={{ r: 4.5, fill: 'var(--surface)', stroke: color, strokeWidth: 2 }}
      />
      {best && <ReferenceLine x={best.x} stroke="var(--good)" strokeWidth={1.5} shape={MarkLine} />}
      {extent.stop && (
        <ReferenceLine
          x={extent.stop.x}
          stroke="var(--warn)"
          strokeWidth={1.5}
          strokeDasharray="5 4"
          shape={MarkLine}
        />
      )}
      {best && bestRow && (
        <ReferenceDot
          x={bestRow[axis]}
          y={bestRow[keys.validation] ?? 0}
          r={5.5}
          fill="var(--surface)"
          stroke="var(--good)"
          strokeWidth={2.5}
        />
      )}
      <Tooltip
        content={<CurveTooltip metric={metric} rows={rows} />}
        cursor={{ stroke: 'var(--ink)', strokeWidth: 1 }}
        isAnimationActive={false}
        offset={12}
      />
      <ChartOverlay
        run={run}
        chips={metric === 'loss' ? chipsOf(extent, wide, t) : []}
        ends={[
          ...lineEnd(ends.train, keys.train, t('training'), false),
          ...lineEnd(ends.validation, keys.validation, t('validation'), true),
        ]}
        labelled={wide}
      />
    </ComposedChart>
  );
}

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

function chipsOf(extent: Extent, wide: boolean, t: TFunction<'chart'>): Chip[] {
  const size = wide ? 'long' : 'short';
  const { best, stop, now } = extent;
  return [
    ...(best ? [{ x: best.x, words: t(`best.${size}`, { epoch: best.epoch }), tone: 'good' as const }] : []),
    ...(stop
      ? [
          {
            x: stop.x,
            words: t(`${stop.x > now ? 'stops' : 'stopped'}.${size}`, { epoch: stop.epoch }),
            tone: 'warn' as const,
          },
        ]
      : []),
  ];
}

/** The step that lies at `x` of the axis. */
const stepAt = (rows: readonly CurveRow[], x: number, axis: XAxisName): number =>
  (rows.find((row) => row[axis] >= x) ?? rows.at(-1))?.step ?? 0;
