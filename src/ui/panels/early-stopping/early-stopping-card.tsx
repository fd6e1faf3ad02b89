import { useTranslation } from 'react-i18next';
import { inForce } from '@/protocol/marks.ts';
import { isOver } from '@/protocol/run.ts';
import type { RunRecord } from '@/session/store.ts';
import { Card } from '@/ui/controls/card.tsx';
import { ProgressBar } from '@/ui/controls/progress-line.tsx';
import { StatusBadge } from '@/ui/controls/status-badge.tsx';
import { stopEpoch } from '../curves/extent.ts';
import { answerContext, useMonitorValue } from '../run-words.ts';
import styles from './early-stopping.module.css';

/** More segments than this are a bar. */
const MOST_PIPS = 24;

/** How long the run still waits for something better than its best epoch, and what happens then. */
export function EarlyStoppingCard({ run }: { run: RunRecord }) {
  const { t } = useTranslation('train');
  const { status, settings, marks } = run;
  const { enabled } = settings.earlyStopping;
  const { patience } = inForce(settings, marks);
  if (run.imported) return null;
  const over = isOver(status.phase);
  const left = Math.max(0, patience - status.wait);
  const waits = !marks.some(({ kind }) => kind === 'stopping');
  // from the first moment on: what lies below stays where it is
  const counting = enabled && waits && !over && patience > 0;
  return (
    <Card title={t('stopping.title')} aside={enabled ? undefined : <StatusBadge>{t('stopping.off')}</StatusBadge>}>
      {counting && (
        <>
          <div className={styles.head}>
            <b className={styles.figure}>{t('stopping.left', { count: left })}</b>
            <span className="tiny faint num">{t('stopping.used', { used: status.wait, patience })}</span>
          </div>
          <Pips used={status.wait} of={patience} />
        </>
      )}
      <p className="small muted">
        <Sentence run={run} />
      </p>
    </Card>
  );
}

function Pips({ used, of }: { used: number; of: number }) {
  const { t } = useTranslation('train');
  const label = t('stopping.used', { used, patience: of });
  if (of > MOST_PIPS)
    return (
      <div className={styles.pips}>
        <ProgressBar label={label} share={used / of} color="var(--warn-fill)" />
      </div>
    );
  return (
    <div className={styles.pips} role="img" aria-label={label}>
      {Array.from({ length: of }, (_, i) => (
        <i key={i} data-used={i < used} />
      ))}
    </div>
  );
}

function Sentence({ run }: { run: RunRecord }) {
  const { t } = useTranslation('train');
  const show = useMonitorValue();
  const { status, settings, marks } = run;
  const { enabled, monitor, restoreBest, act } = settings.earlyStopping;
  const { patience } = inForce(settings, marks);
  const { best } = status;
  const words = {
    monitor: t(`monitor.${monitor}`, answerContext(run)),
    epochs: status.epochs,
    best: best?.epoch,
    value: best && show(best.monitor, best.value),
    count: patience,
    stop: stopEpoch(run),
  };
  if (!enabled) return t('stopping.disabled', words);
  const marked = marks.find((mark) => mark.kind === 'stopping');
  if (marked) {
    const at = Math.round(marked.best / Math.max(1, status.stepsPerEpoch));
    return t('stopping.marked', { stop: Math.round(marked.epoch), at });
  }
  if (status.finish === 'early-stopping') return t('stopping.stopped', words);
  if (isOver(status.phase)) return t('stopping.unused');
  if (act === 'mark') return t('stopping.marking', words);
  if (!best) return t('stopping.armed', words);
  if (status.wait === 0) return t('stopping.improving', words);
  if (words.stop === undefined) return t('stopping.tooLate', words);
  return t(restoreBest ? 'stopping.waitingRestore' : 'stopping.waiting', words);
}
