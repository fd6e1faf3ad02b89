import { Button } from '@mantine/core';
import { IconPlayerStop } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { meanInterval } from '@/lib/statistics.ts';
import { isOver } from '@/protocol/run.ts';
import { testShare } from '@/session/comparison.ts';
import type { RunRecord, StudioState } from '@/session/store.ts';
import { Card } from '@/ui/controls/card.tsx';
import { useFormat } from '@/ui/format.ts';
import { useActions, useStudio } from '@/ui/studio-context.tsx';
import { RunMarker } from '../run-marker.tsx';
import styles from './series.module.css';

/** The runs of one series, in the order of their draws. */
const runsOf = (runs: StudioState['runs'], id: string): RunRecord[] =>
  Object.values(runs)
    .filter(({ series }) => series?.id === id)
    .sort((a, b) => a.series!.draw - b.series!.draw);

/** Runs that differ in the examples drawn alone: each draw's test accuracy, their mean and what it leaves possible. */
export function SeriesCard({ run }: { run: RunRecord }) {
  const { t } = useTranslation('train');
  const runs = useStudio((state) => state.runs);
  const live = useStudio((state) => state.series);
  const actions = useActions();
  if (!run.series) return null;
  const { id, of } = run.series;
  const draws = runsOf(runs, id);
  const goesOn = live?.id === id;
  return (
    <Card
      title={t('series.title', { count: run.settings.fewShot.examplesPerClass })}
      aside={
        goesOn && (
          <Button
            size="xs"
            leftSection={<IconPlayerStop size={14} />}
            disabled={live.stopping}
            onClick={() => void actions.stopSeries()}
          >
            {t('series.stop')}
          </Button>
        )
      }
    >
      <Mean shares={draws.flatMap((draw) => testShare(draw) ?? [])} of={of} goesOn={goesOn} />
      <ol className={styles.draws}>
        {draws.map((draw) => (
          <Draw key={draw.id} run={draw} shown={draw.id === run.id} onShow={() => actions.showRun(draw.id)} />
        ))}
      </ol>
    </Card>
  );
}

function Mean({ shares, of, goesOn }: { shares: readonly number[]; of: number; goesOn: boolean }) {
  const { t } = useTranslation('train');
  const format = useFormat();
  const done = t(goesOn ? 'series.doing' : 'series.done', { done: shares.length, of });
  const [first] = shares;
  if (first === undefined) return <p className="small muted">{done}</p>;
  const { mean, low, high } = meanInterval(shares);
  // shares end at 0 and 1, where the interval of a mean does not know it
  const within = { low: format.percent(Math.max(0, low)), high: format.percent(Math.min(1, high)) };
  return (
    <>
      <p className={styles.mean}>
        <b className={styles.figure}>{format.percent(mean)}</b>
        <span className="small muted num">{shares.length > 1 ? t('series.between', within) : t('series.one')}</span>
      </p>
      <p className="tiny faint">{done}</p>
    </>
  );
}

function Draw({ run, shown, onShow }: { run: RunRecord; shown: boolean; onShow(): void }) {
  const { t } = useTranslation('train');
  const format = useFormat();
  const { status, series } = run;
  const tested = testShare(run);
  const words =
    tested !== undefined
      ? format.percent(tested)
      : t(isOver(status.phase) && status.finish !== 'completed' ? `phase.${status.phase}` : 'series.waiting');
  return (
    <li>
      <button type="button" className={styles.draw} aria-current={shown} onClick={onShow}>
        <RunMarker run={run.number} />
        <span>{t('series.draw', { number: series!.draw + 1 })}</span>
        <i className={styles.bar} aria-hidden="true">
          <i style={{ width: `${100 * (tested ?? 0)}%` }} />
        </i>
        <span className="num">{words}</span>
      </button>
    </li>
  );
}
