import { useElementSize } from '@mantine/hooks';
import { memo, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { RunRecord } from '@/session/store.ts';
import { Card } from '../controls/card.tsx';
import { Segmented } from '../controls/segmented.tsx';
import { useFormat } from '../format.ts';
import { textWidth } from '../panels/curves/text-width.ts';
import { logTicks, niceStep } from '../panels/curves/ticks.ts';
import { RunGlyph, runColor, runInk } from '../panels/run-marker.tsx';
import { answerContext } from '../panels/run-words.ts';
import styles from './compare.module.css';
import { COSTS, type Cost, type CostPoint, costDomain, costPoints } from './costs.ts';
import { useNames } from './run-names.ts';
import { cut } from './words.ts';

const HEIGHT = 322;
const [TOP, BOTTOM, LEFT, RIGHT] = [12, 34, 52, 14];

/** What runs came to beside what they cost, each with its interval. */
export const CostCard = memo(function CostCard({ runs }: { runs: readonly RunRecord[] }) {
  const { t } = useTranslation('compare');
  const [cost, setCost] = useState<Cost>('trainable');
  const { ref, width } = useElementSize();
  const points = useMemo(() => costPoints(runs), [runs]);
  // named among themselves: a seed tells none of them apart
  const nameOf = useNames(useMemo(() => points.map(({ run }) => run), [points]));
  const answers = runs[0] ? answerContext(runs[0]) : {};
  const title = t('cost.title', answers);
  const table = () => ({
    header: ['run', 'name', 'runs', 'accuracy', 'interval_low', 'interval_high', 'trainable', 'seconds', 'bytes'],
    rows: points.map(({ run, seeds, accuracy, low, high, costs }) => [
      run.number,
      nameOf(run),
      seeds,
      accuracy,
      low,
      high,
      costs.trainable,
      costs.seconds,
      costs.bytes,
    ]),
  });
  return (
    <Card
      title={title}
      aside={
        <Segmented<Cost>
          label={t('cost.axis')}
          value={cost}
          onChange={setCost}
          options={COSTS.map((value) => ({ value, label: t(`cost.${value}`) }))}
        />
      }
      downloads={{ name: 'compare-costs', table, chart: true }}
    >
      <div ref={ref} data-chart className={styles.plot}>
        {width > 0 && points.length > 0 && <Scatter {...{ points, cost, width, nameOf, title }} />}
      </div>
      <p className="tiny faint">{t(points.some(({ seeds }) => seeds > 1) ? 'cost.seeds' : 'cost.one')}</p>
    </Card>
  );
});

interface ScatterProps {
  points: readonly CostPoint[];
  cost: Cost;
  width: number;
  title: string;
  nameOf(run: RunRecord): string;
}

function Scatter({ points, cost, width, title, nameOf }: ScatterProps) {
  const { t } = useTranslation('compare');
  const format = useFormat();
  const bottom = HEIGHT - BOTTOM;
  const right = width - RIGHT;
  const across = costDomain(points, cost);
  const up = shares(points);
  const x = (value: number) =>
    LEFT + (Math.log(Math.max(1e-3, value) / across.low) / Math.log(across.high / across.low)) * (right - LEFT);
  const y = (value: number) => bottom - ((value - up.low) / (up.high - up.low)) * (bottom - TOP);
  const show = (value: number) =>
    cost === 'bytes' ? format.bytes(value) : cost === 'seconds' ? format.duration(value) : format.compact(value);
  const placed = points.map((point) => ({ point, px: x(point.costs[cost]), py: y(point.accuracy) }));
  const labels = labelled(
    placed.map(({ point, px, py }) => ({ px, py, words: cut(`${point.run.number} ${nameOf(point.run)}`, 150) })),
    right,
  );
  const summary = t('cost.summary', {
    title,
    runs: points
      .map(
        ({ run, accuracy, costs }) => `${run.number} ${nameOf(run)} ${format.percent(accuracy)}, ${show(costs[cost])}`,
      )
      .join('; '),
  });
  return (
    <svg role="img" aria-label={summary} width={width} height={HEIGHT}>
      {up.ticks.map((tick) => (
        <g key={tick}>
          <path d={`M${LEFT} ${y(tick)}H${right}`} stroke="var(--grid)" />
          <text className={styles.tick} x={LEFT - 8} y={y(tick) + 4} textAnchor="end">
            {format.percent(tick, 0)}
          </text>
        </g>
      ))}
      <path d={`M${LEFT} ${bottom}H${right}`} stroke="var(--axis)" />
      {logTicks(across.low, across.high, width < 420 ? 3 : 5).map((tick) => (
        <text key={tick} className={styles.tick} x={x(tick)} y={bottom + 16} textAnchor="middle">
          {show(tick)}
        </text>
      ))}
      <text className={styles.tick} x={right} y={HEIGHT - 3} textAnchor="end">
        {t(`cost.along.${cost}`)}
      </text>
      {placed.map(({ point: { run, low, high }, px, py }, i) => (
        <g key={run.id} data-run={run.number}>
          <path d={`M${px} ${y(low)}V${y(high)}`} stroke={runColor(run.number)} strokeWidth={2} strokeOpacity={0.6} />
          <g transform={`translate(${px} ${py})`}>
            <RunGlyph run={run.number} scale={1.15} />
          </g>
          <text
            className={styles.name}
            x={labels[i]!.x}
            y={labels[i]!.y + 4}
            textAnchor={labels[i]!.before ? 'end' : 'start'}
            fill={runInk(run.number)}
          >
            {labels[i]!.words}
          </text>
        </g>
      ))}
    </svg>
  );
}

/** The vertical axis: what the intervals span, on whole ticks within 0 and 1. */
function shares(points: readonly CostPoint[]): { low: number; high: number; ticks: number[] } {
  const [least, most] = [Math.min(...points.map(({ low }) => low)), Math.max(...points.map(({ high }) => high))];
  const step = niceStep(Math.max(0.02, most - least), 4);
  const from = Math.max(0, Math.floor(least / step + 1e-9));
  const to = Math.min(Math.ceil(1 / step), Math.ceil(most / step - 1e-9));
  const ticks = Array.from({ length: Math.max(1, to - from) + 1 }, (_, i) => (from + i) * step);
  return { low: ticks[0]!, high: ticks.at(-1)!, ticks: ticks.filter((tick) => tick <= 1 + 1e-9) };
}

interface Label {
  x: number;
  y: number;
  words: string;
  /** On the left of its point, where there is no room on the right. */
  before: boolean;
}

/** Names beside their points; one that would lie on another goes below it. */
function labelled(points: readonly { px: number; py: number; words: string }[], right: number): Label[] {
  const taken: { from: number; to: number; y: number }[] = [];
  return points.map(({ px, py, words }) => {
    const width = textWidth(words);
    const before = px + 12 + width > right;
    const x = before ? px - 12 : px + 12;
    const [from, to] = before ? [x - width, x] : [x, x + width];
    const free = (at: number) => taken.every((one) => one.to < from || one.from > to || Math.abs(one.y - at) >= 15);
    const shifts = [0, 15, -15, 30, -30, 45, -45, 60];
    const y = py + (shifts.find((shift) => free(py + shift)) ?? 0);
    taken.push({ from, to, y });
    return { x, y, words, before };
  });
}
