import { useElementSize } from '@mantine/hooks';
import { type PointerEvent, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { RunRecord } from '@/session/store.ts';
import { Card } from '../controls/card.tsx';
import { Segmented } from '../controls/segmented.tsx';
import { useFormat } from '../format.ts';
import { textWidth } from '../panels/curves/text-width.ts';
import { axisTicks } from '../panels/curves/ticks.ts';
import { RunGlyph, RunMarker, runColor, runInk } from '../panels/run-marker.tsx';
import { answerContext } from '../panels/run-words.ts';
import styles from './compare.module.css';
import { type Domain, domainOf, type Line, type LineAxis, type LineMetric, lineOf, spread, valueAt } from './lines.ts';

interface OverlayProps {
  runs: readonly RunRecord[];
  nameOf(run: RunRecord): string;
}

const HEIGHT = 322;
const [TOP, BOTTOM, LEFT] = [10, 30, 46];
/** Narrower charts have no words beside the lines: the legend has them. */
const WIDE = 520;
const LABEL = 190;
/** Shapes along a line, so that colour never tells runs apart alone. */
const SHAPES = 5;

interface Drawn {
  run: RunRecord;
  name: string;
  line: Line;
}

/** Validation of several runs over each other. */
export function OverlayCard({ runs, nameOf }: OverlayProps) {
  const { t } = useTranslation(['compare', 'chart']);
  const [metric, setMetric] = useState<LineMetric>('loss');
  const [axis, setAxis] = useState<LineAxis>('epoch');
  const { ref, width } = useElementSize();
  const lines = useMemo(() => runs.map((run) => lineOf(run.validation, metric, axis)), [runs, metric, axis]);
  const domain = useMemo(() => domainOf(lines, metric), [lines, metric]);
  const drawn = runs.map((run, i): Drawn => ({ run, name: nameOf(run), line: lines[i]! }));
  const answers = runs[0] ? answerContext(runs[0]) : {};
  const title = t(metric === 'loss' ? 'overlay.loss' : 'overlay.accuracy', answers);
  const table = () => ({
    header: ['run', 'name', 'step', 'epoch', 'seconds', 'validation_loss', 'validation_accuracy'],
    rows: drawn.flatMap(({ run, name }) => {
      const { columns: c, length } = run.validation;
      return Array.from({ length }, (_, i) => [
        run.number,
        name,
        c.step[i],
        c.epoch[i],
        c.seconds[i],
        c.loss[i],
        c.accuracy[i],
      ]);
    }),
  });
  return (
    <Card
      title={title}
      aside={
        <>
          <Segmented<LineMetric>
            label={t('overlay.metric')}
            value={metric}
            onChange={setMetric}
            options={(['loss', 'accuracy'] as const).map((value) => ({ value, label: t(`chart:${value}`, answers) }))}
          />
          <Segmented<LineAxis>
            label={t('chart:axis.label')}
            value={axis}
            onChange={setAxis}
            options={(['epoch', 'seconds'] as const).map((value) => ({ value, label: t(`chart:axis.${value}`) }))}
          />
        </>
      }
      downloads={{ name: 'compare-curves', table, chart: true }}
    >
      <div ref={ref} data-chart>
        {width > 0 && width < WIDE && <Legend drawn={drawn} />}
        {width > 0 && <Plot {...{ drawn, domain, metric, axis, width, title }} />}
      </div>
    </Card>
  );
}

const Legend = ({ drawn }: { drawn: readonly Drawn[] }) => (
  <ul className={styles.legend}>
    {drawn.map(({ run, name }) => (
      <li key={run.id}>
        <RunMarker run={run.number} size={14} /> {run.number} {name}
      </li>
    ))}
  </ul>
);

interface PlotProps {
  drawn: readonly Drawn[];
  domain: Domain;
  metric: LineMetric;
  axis: LineAxis;
  width: number;
  title: string;
}

function Plot({ drawn, domain, metric, axis, width, title }: PlotProps) {
  const { t } = useTranslation(['compare', 'chart']);
  const format = useFormat();
  const [at, setAt] = useState<number>();
  const wide = width >= WIDE;
  const right = width - (wide ? LABEL : 12);
  const bottom = HEIGHT - BOTTOM;
  const x = (value: number) => LEFT + (value / domain.end) * (right - LEFT);
  const share = (value: number) =>
    metric === 'accuracy' ? value : Math.log(value / domain.low) / Math.log(domain.high / domain.low);
  // the logarithm of 0 has no place
  const y = (value: number) => Math.max(TOP - 4, bottom - Math.max(-0.02, share(value)) * (bottom - TOP));
  const show = (value: number) => (metric === 'loss' ? format.fixed(value, 3) : format.percent(value));
  const ends = drawn.filter(({ line }) => line.x.length > 0);
  const labels = spread(
    ends.map(({ line }) => y(line.y.at(-1)!)),
    16,
    TOP + 6,
    bottom,
  );
  const follow = (event: PointerEvent<SVGSVGElement>) => {
    const px = event.clientX - event.currentTarget.getBoundingClientRect().left;
    setAt(px < LEFT || px > right ? undefined : ((px - LEFT) / (right - LEFT)) * domain.end);
  };
  const summary = t('overlay.summary', {
    metric: title,
    runs: ends.map(({ run, name, line }) => `${run.number} ${name} ${show(line.y.at(-1)!)}`).join('; '),
  });
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
        {ends.map(({ run, line }) => (
          <RunLine key={run.id} run={run.number} line={line} x={x} y={y} />
        ))}
        {wide &&
          ends.map(({ run, name, line }, i) => (
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
          ))}
        {at !== undefined && <path d={`M${x(at)} ${TOP}V${bottom}`} stroke="var(--ink)" />}
      </svg>
      {at !== undefined && (
        <div className={styles.tip} style={x(at) > width / 2 ? { right: width - x(at) + 10 } : { left: x(at) + 10 }}>
          <div className={styles.tipHead}>
            {t(`chart:axis.${axis}`)} {axis === 'seconds' ? format.duration(at) : format.number(at, 1)}
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
      )}
    </div>
  );
}

interface RunLineProps {
  run: number;
  line: Line;
  x(value: number): number;
  y(value: number): number;
}

function RunLine({ run, line, x, y }: RunLineProps) {
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
}

/** Words that do not fit end in dots. */
export function cut(words: string, width: number): string {
  if (textWidth(words) <= width) return words;
  let shown = words;
  while (shown.length > 1 && textWidth(`${shown}…`) > width) shown = shown.slice(0, -1);
  return `${shown.trimEnd()}…`;
}
