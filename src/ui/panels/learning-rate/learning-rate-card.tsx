import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { learningRateAt, type Schedule, scheduleOf } from '@/lib/schedule.ts';
import { isOver } from '@/protocol/run.ts';
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
  const { settings, status, imported } = run;
  const { learningRate: peak, schedule, warmupSteps } = settings;
  const { totalSteps, stepsPerEpoch } = status;
  const plan = useMemo(
    () => scheduleOf(settings, { totalSteps, stepsPerEpoch }),
    [settings, totalSteps, stepsPerEpoch],
  );
  const points = useMemo(() => curve(plan), [plan]);
  if (imported) return null;
  const step = Math.min(status.step, totalSteps);
  const now = totalSteps > 0 ? learningRateAt(Math.min(step, totalSteps - 1), plan) : peak;
  const share = totalSteps > 0 ? step / totalSteps : 0;
  const done = path([...points.filter((point) => point.x <= share), { x: share, y: now / peak }]);
  const ahead = path([{ x: share, y: now / peak }, ...points.filter((point) => point.x >= share)]);
  const over = isOver(status.phase);
  return (
    <Card
      title={t('rate.title')}
      aside={
        <span className={`${styles.now} num`}>
          {format.rate(now)} <small>{over ? t('rate.last') : t('rate.now')}</small>
        </span>
      }
      downloads={{ name: `run-${run.number}-learning-rate`, table: () => tableOf(plan), chart: true }}
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
        <span className={styles.top}>{format.rate(peak)}</span>
        <span className={styles.bottom}>0</span>
        <div className={styles.area}>
          <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none" aria-hidden="true">
            <path d={`M0 0H${WIDTH}`} stroke="var(--grid)" />
            <path d={`M0 ${HEIGHT}H${WIDTH}`} stroke="var(--axis)" />
            <path d={ahead} stroke="var(--ink)" strokeWidth={1.5} strokeDasharray="4 3" />
            <path d={done} stroke="var(--ink)" strokeWidth={2} />
          </svg>
          <i style={{ left: `${100 * share}%`, top: `${100 * (1 - now / peak)}%` }} />
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
  /** Share of the peak. */
  y: number;
}

function curve(plan: Schedule): Point[] {
  const { totalSteps, peak } = plan;
  if (totalSteps <= 0) return [];
  return Array.from({ length: SAMPLES + 1 }, (_, i) => {
    const step = (i / SAMPLES) * totalSteps;
    return { x: i / SAMPLES, y: learningRateAt(step, plan) / peak };
  });
}

/** The rate of every step, as the schedule sets it. */
const tableOf = (plan: Schedule): PlainTable => ({
  header: ['step', 'learning_rate'],
  rows: Array.from({ length: plan.totalSteps }, (_, step) => [step, learningRateAt(step, plan)]),
});

const path = (points: readonly Point[]): string =>
  points
    .map(({ x, y }, i) => `${i === 0 ? 'M' : 'L'}${(x * WIDTH).toFixed(2)} ${((1 - y) * HEIGHT).toFixed(2)}`)
    .join('');
