import { memo, type PointerEvent, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { RunRecord } from '@/session/store.ts';
import { useFormat } from '../format.ts';
import { axisTicks } from '../panels/curves/ticks.ts';
import { RunGlyph, RunMarker, runColor, runInk } from '../panels/run-marker.tsx';
import styles from './compare.module.css';
import { type Domain, type Line, type LineAxis, type LineMetric, spread, valueAt } from './lines.ts';
import { cut } from './words.ts';

/** A run with its line. */
export interface Drawn {
  run: RunRecord;
  name: string;
  line: Line;
}

const HEIGHT = 322;
const [TOP, BOTTOM, LEFT] = [10, 30, 46];
/** Narrower charts have no words beside the lines: the legend has them. */
export const WIDE = 520;
const LABEL = 190;
/** Shapes along a line, so that colour never tells runs apart alone. */
const SHAPES = 5;

interface PlotProps {
  drawn: readonly Drawn[];
  domain: Domain;
  metric: LineMetric;
  axis: LineAxis;
  width: number;
  title: string;
}

/** From values to places, in pixels. */
interface Scales {
  /** Right end of the lines, with room for words behind it where the chart is wide. */
  right: number;
  wide: boolean;
  x(value: number): number;
  y(value: number): number;
}

const bottom = HEIGHT - BOTTOM;

function scalesOf(domain: Domain, metric: LineMetric, width: number): Scales {
  const wide = width >= WIDE;
  const right = width - (wide ? LABEL : 12);
  const share = (value: number) =>
    metric === 'accuracy' ? value : Math.log(value / domain.low) / Math.log(domain.high / domain.low);
  return {
    right,
    wide,
    x: (value) => LEFT + (value / domain.end) * (right - LEFT),
    // the logarithm of 0 has no place
    y: (value) => Math.max(TOP - 4, bottom - Math.max(-0.02, share(value)) * (bottom - TOP)),
  };
}

/** Lines of several runs under one crosshair, which alone is drawn anew as the pointer moves. */
export function Plot({ drawn, domain, metric, axis, width, title }: PlotProps) {
  const { t } = useTranslation('compare');
  const [at, setAt] = useState<number>();
  const show = useShow(metric);
  const scales = useMemo(() => scalesOf(domain, metric, width), [domain, metric, width]);
  const { right, x } = scales;
  const ends = useMemo(() => drawn.filter(({ line }) => line.x.length > 0), [drawn]);
  const follow = (event: PointerEvent<SVGSVGElement>) => {
    const px = event.clientX - event.currentTarget.getBoundingClientRect().left;
    setAt(px < LEFT || px > right ? undefined : ((px - LEFT) / (right - LEFT)) * domain.end);
  };
  const summary = useMemo(() => {
    const runs = ends.map(({ run, name, line }) => `${run.number} ${name} ${show(line.y.at(-1)!)}`).join('; ');
    return t('overlay.summary', { metric: title, runs });
  }, [t, title, ends, show]);
  return (
    <div className={styles.plot}>
      <svg
        role="img"
        aria-label={summary}
        width={width}
        height={HEIGHT}
        onPointerMove={follow}
        onPointerLeave={() => setAt(undefined)}
      >
        <Axes {...{ domain, metric, axis, scales }} />
        {ends.map(({ run, line }) => (
          <RunLine key={run.id} run={run.number} line={line} scales={scales} />
        ))}
        {scales.wide && <Ends ends={ends} scales={scales} />}
        {at !== undefined && <path d={`M${x(at)} ${TOP}V${bottom}`} stroke="var(--ink)" />}
      </svg>
      {at !== undefined && (
        <Tip
          {...{ ends, at, axis, show }}
          style={x(at) > width / 2 ? { right: width - x(at) + 10 } : { left: x(at) + 10 }}
        />
      )}
    </div>
  );
}

/** A loss or an accuracy as the page writes it. */
function useShow(metric: LineMetric): (value: number) => string {
  const format = useFormat();
  return useMemo(
    () => (value) => (metric === 'loss' ? format.fixed(value, 3) : format.percent(value)),
    [metric, format],
  );
}

type AxesProps = Pick<PlotProps, 'domain' | 'metric' | 'axis'> & { scales: Scales };

const Axes = memo(function Axes({ domain, metric, axis, scales: { x, y, right, wide } }: AxesProps) {
  const format = useFormat();
  return (
    <>
      {domain.ticks.map((tick) => (
        <g key={tick}>
          <path d={`M${LEFT} ${y(tick)}H${right}`} stroke="var(--grid)" />
          <text className={styles.tick} x={LEFT - 8} y={y(tick) + 4} textAnchor="end">
            {metric === 'loss' ? format.number(tick, 4) : format.percent(tick, 0)}
          </text>
        </g>
      ))}
      <path d={`M${LEFT} ${bottom}H${right}`} stroke="var(--axis)" />
      {axisTicks(domain.end, wide ? 8 : 4, axis === 'epoch').map((tick) => (
        <text key={tick} className={styles.tick} x={x(tick)} y={bottom + 18} textAnchor="middle">
          {axis === 'seconds' ? format.duration(tick) : format.number(tick, 0)}
        </text>
      ))}
    </>
  );
});

const RunLine = memo(function RunLine({ run, line, scales: { x, y } }: { run: number; line: Line; scales: Scales }) {
  let path = '';
  for (let i = 0; i < line.x.length; i++)
    path += `${path ? 'L' : 'M'}${x(line.x[i]!).toFixed(1)} ${y(line.y[i]!).toFixed(1)}`;
  const last = line.x.length - 1;
  const along = Array.from({ length: Math.min(SHAPES, last) }, (_, i) => Math.round((i * last) / SHAPES));
  return (
    <g>
      <path
        className="curve"
        d={path}
        fill="none"
        stroke={runColor(run)}
        strokeWidth={2}
        strokeDasharray="7 4"
        strokeLinejoin="round"
      />
      {[...new Set([...along, last])].map((i) => (
        <g key={i} transform={`translate(${x(line.x[i]!)} ${y(line.y[i]!)})`}>
          <RunGlyph run={run} scale={i === last ? 1.1 : 0.7} />
        </g>
      ))}
    </g>
  );
});

/** Names beside the ends of their lines, spread apart. */
const Ends = memo(function Ends({ ends, scales: { x, y, right } }: { ends: readonly Drawn[]; scales: Scales }) {
  const labels = spread(
    ends.map(({ line }) => y(line.y.at(-1)!)),
    16,
    TOP + 6,
    bottom,
  );
  return ends.map(({ run, name, line }, i) => (
    <g key={run.id}>
      <path
        d={`M${x(line.x.at(-1)!)} ${y(line.y.at(-1)!)}H${right + 4}L${right + 10} ${labels[i]}`}
        fill="none"
        stroke={runColor(run.number)}
        strokeOpacity={0.5}
        strokeDasharray="1 3"
      />
      <g transform={`translate(${right + 20} ${labels[i]})`}>
        <RunGlyph run={run.number} />
      </g>
      <text className={styles.name} x={right + 30} y={labels[i]! + 4} fill={runInk(run.number)}>
        <title>{name}</title>
        {cut(`${run.number} ${name}`, LABEL - 32)}
      </text>
    </g>
  ));
});

interface TipProps {
  ends: readonly Drawn[];
  at: number;
  axis: LineAxis;
  style: { right: number } | { left: number };
  show(value: number): string;
}

/** What every line is worth at the crosshair. */
function Tip({ ends, at, axis, style, show }: TipProps) {
  const { t } = useTranslation('chart');
  const format = useFormat();
  return (
    <div className={styles.tip} style={style}>
      <div className={styles.tipHead}>
        {t(`axis.${axis}`)} {axis === 'seconds' ? format.duration(at) : format.number(at, 1)}
      </div>
      {ends.map(({ run, name, line }) => {
        const value = valueAt(line, at);
        return (
          <div key={run.id} className={styles.tipRow}>
            <RunMarker run={run.number} size={14} />
            <span>{cut(`${run.number} ${name}`, 180)}</span>
            <b>{value === undefined ? '–' : show(value)}</b>
          </div>
        );
      })}
    </div>
  );
}
