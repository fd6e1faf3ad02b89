import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { learningRateAt, type Schedule, scheduleOf } from '@/lib/schedule.ts';
import type { RunMark } from '@/protocol/control.ts';
import { inForce, marksUpTo } from '@/protocol/marks.ts';
import { isOver, type RunSettings } from '@/protocol/run.ts';
import type { Series } from '@/session/series.ts';
import type { RunRecord } from '@/session/store.ts';
import { Card } from '@/ui/controls/card.tsx';
import type { PlainTable } from '@/ui/controls/download-csv.ts';
import { useFormat } from '@/ui/format.ts';
import styles from './learning-rate.module.css';

const SAMPLES = 160;
/** The drawing's own units; it is stretched to its place. */
const [WIDTH, HEIGHT] = [100, 40];

/** The planned learning rate over the whole run, and where the run is on it. */
export function LearningRateCard({ run }: { run: RunRecord }) {
  const { t } = useTranslation('train');
  const format = useFormat();
  const { settings, status, marks, imported } = run;
  const { schedule, warmupSteps } = settings;
  const { totalSteps, stepsPerEpoch } = status;
  const plan = useMemo(
    () => scheduleOf(settings, { totalSteps, stepsPerEpoch }),
    [settings, totalSteps, stepsPerEpoch],
  );
  const rates = useMemo(
    () => ratesOf(run.settings, marks, plan, schedule === 'plateau' ? ratesSeen(run.train) : []),
    [run.settings, run.train, marks, plan, schedule],
  );
  const points = useMemo(() => curve(rates), [rates]);
  if (imported) return null;
  const peak = inForce(settings, marks).learningRate;
  const { top } = rates;
  const step = Math.min(status.step, totalSteps);
  const now = totalSteps > 0 ? rates.at(Math.min(step, totalSteps - 1)) : peak;
  const share = totalSteps > 0 ? step / totalSteps : 0;
  const done = path([...points.filter((point) => point.x <= share), { x: share, y: now / top }]);
  const ahead = path([{ x: share, y: now / top }, ...points.filter((point) => point.x >= share)]);
  const over = isOver(status.phase);
  return (
    <Card
      title={t('rate.title')}
      aside={
        <span className={`${styles.now} num`}>
          {format.rate(now)} <small>{over ? t('rate.last') : t('rate.now')}</small>
        </span>
      }
      downloads={{ name: `run-${run.number}-learning-rate`, table: () => tableOf(rates), chart: true }}
    >
      <div
        data-chart
        className={styles.plot}
        role="img"
        aria-label={t('rate.summary', {
          schedule: t(`rate.${schedule}`),
          peak: format.rate(peak),
          now: format.rate(now),
        })}
      >
        <span className={styles.top}>{format.rate(top)}</span>
        <span className={styles.bottom}>0</span>
        <div className={styles.area}>
          <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none" aria-hidden="true">
            <path d={`M0 0H${WIDTH}`} stroke="var(--grid)" />
            <path d={`M0 ${HEIGHT}H${WIDTH}`} stroke="var(--axis)" />
            {rates.changes.map((at) => (
              <path key={at} d={`M${at * WIDTH} 0V${HEIGHT}`} stroke="var(--ink-2)" strokeDasharray="1.5 3" />
            ))}
            <path d={ahead} stroke="var(--ink)" strokeWidth={1.5} strokeDasharray="4 3" />
            <path d={done} stroke="var(--ink)" strokeWidth={2} />
          </svg>
          <i style={{ left: `${100 * share}%`, top: `${100 * (1 - now / top)}%` }} />
        </div>
      </div>
      <p className={styles.words}>
        {/* how many steps is not known while a run gets ready */}
        {totalSteps > 0 &&
          t('rate.words', { schedule: t(`rate.${schedule}`), peak: format.rate(peak), count: totalSteps })}
        {warmupSteps > 0 && ` ${t('rate.warmup', { count: warmupSteps })}`}
      </p>
    </Card>
  );
}

interface Point {
  /** Share of the run. */
  x: number;
  /** Share of the highest. */
  y: number;
}

/** What the schedule sets, with the peak that held at each step. */
interface Rates extends Pick<Schedule, 'totalSteps'> {
  at(step: number): number;
  /** The highest peak of all. */
  top: number;
  /** Where the peak was changed: shares of the run. */
  changes: readonly number[];
}

const ratesSeen = ({ columns, length }: Series): ArrayLike<number> => columns.learningRate.subarray(0, length);

/** `seen` are the rates of the steps so far, where the run itself decides: the last share of the peak goes on. */
function ratesOf(settings: RunSettings, marks: readonly RunMark[], plan: Schedule, seen: ArrayLike<number>): Rates {
  const { totalSteps } = plan;
  const peakAt = (step: number) => inForce(settings, marksUpTo(marks, step)).learningRate;
  const changed = marks.filter((mark) => mark.kind === 'change' && mark.change.learningRate !== undefined);
  const steps = changed.map(({ step }) => step);
  const planned = (step: number) => learningRateAt(step, { ...plan, peak: peakAt(step) });
  const last = seen.length - 1;
  const left = last < 0 ? 1 : seen[last]! / planned(last);
  return {
    totalSteps,
    at: (step) => seen[Math.floor(step)] ?? left * planned(step),
    top: Math.max(settings.learningRate, ...steps.map(peakAt)),
    changes: totalSteps > 0 ? [...new Set(steps)].map((step) => step / totalSteps) : [],
  };
}

function curve({ at, top, changes, totalSteps }: Rates): Point[] {
  if (totalSteps <= 0) return [];
  const point = (x: number, step: number): Point => ({ x, y: at(step) / top });
  const even = Array.from({ length: SAMPLES + 1 }, (_, i) => point(i / SAMPLES, (i / SAMPLES) * totalSteps));
  // a change is a step, not a slope
  const jumps = changes.flatMap((x) => [point(x, x * totalSteps - 1), point(x, x * totalSteps)]);
  return [...even, ...jumps].sort((a, b) => a.x - b.x);
}

/** The rate of every step. */
const tableOf = ({ at, totalSteps }: Rates): PlainTable => ({
  header: ['step', 'learning_rate'],
  rows: Array.from({ length: totalSteps }, (_, step) => [step, at(step)]),
});

const path = (points: readonly Point[]): string =>
  points
    .map(({ x, y }, i) => `${i === 0 ? 'M' : 'L'}${(x * WIDTH).toFixed(2)} ${((1 - y) * HEIGHT).toFixed(2)}`)
    .join('');
