import { IconCheck, IconPlayerPause, IconPlayerStop, IconPlugConnectedX, IconX } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { isOver, type RunPhase } from '@/protocol/run.ts';
import type { RunRecord } from '@/session/store.ts';
import { useKindTranslation } from '../controls/kind-translation.ts';
import { ProblemNote } from '../controls/problem-note.tsx';
import { ProgressBar } from '../controls/progress-line.tsx';
import { StatusBadge, type Tone } from '../controls/status-badge.tsx';
import { useFormat } from '../format.ts';
import { RunMarker } from '../panels/run-marker.tsx';
import { hasWeights, useRunName } from '../panels/run-words.ts';
import { useStudio } from '../studio-context.tsx';
import { RunControls } from './run-controls.tsx';
import { RunEnd } from './run-end.tsx';
import { RunFigures } from './run-figures.tsx';
import styles from './train.module.css';

const BADGES: Record<RunPhase, { tone: Tone; icon?: ReactNode; live?: boolean }> = {
  idle: { tone: 'neutral' },
  preparing: { tone: 'info', live: true },
  running: { tone: 'good', live: true },
  paused: { tone: 'warn', icon: <IconPlayerPause size={13} /> },
  finishing: { tone: 'info', live: true },
  done: { tone: 'good', icon: <IconCheck size={13} /> },
  stopped: { tone: 'neutral', icon: <IconPlayerStop size={13} /> },
  failed: { tone: 'bad', icon: <IconX size={13} /> },
  lost: { tone: 'bad', icon: <IconPlugConnectedX size={13} /> },
};

/** The run's state, name, place, controls and figures; once it is over, how it ended. `children` stand before the controls. */
export function RunBar({ run, children }: { run: RunRecord; children?: ReactNode }) {
  const { t } = useTranslation('train');
  const problem = useStudio((state) => state.problems.train);
  const { phase } = run.status;
  const name = useRunName()(run);
  // a run that failed tells its problem itself
  const other = problem && problem !== run.status.problem ? problem : undefined;
  return (
    <section className={styles.bar} aria-label={name.run}>
      <div className={styles.line}>
        <span role="status">
          <StatusBadge {...BADGES[phase]}>{t(`phase.${phase}`)}</StatusBadge>
        </span>
        <div className={styles.name}>
          <RunMarker run={run.number} />
          <h1 tabIndex={-1}>{name.full}</h1>
        </div>
        <Place run={run} />
        {children}
        <RunControls number={run.number} phase={phase} bestEpoch={run.status.best?.epoch} kept={hasWeights(run)} />
      </div>
      <Progress run={run} />
      <RunFigures run={run} />
      {isOver(phase) && (
        <div className={styles.finish}>
          <RunEnd run={run} />
        </div>
      )}
      {other && (
        <div className={styles.finish}>
          <ProblemNote problem={other} />
        </div>
      )}
    </section>
  );
}

/** Where the run is, in words. */
function Place({ run }: { run: RunRecord }) {
  const { t } = useKindTranslation('train');
  const format = useFormat();
  const { phase, epoch, epochs, step, prepared } = run.status;
  if (run.imported) return null;
  const whole = (value: number) => format.number(value, 0);
  const words =
    phase === 'preparing'
      ? prepared.total > 0
        ? t('progress.prefix', { done: whole(prepared.done), total: whole(prepared.total) })
        : t('progress.starting')
      : phase === 'finishing'
        ? t('progress.finishing')
        : t('progress.place', { epoch: whole(Math.floor(epoch)), epochs: whole(epochs), step: whole(step) });
  return <span className={styles.place}>{words}</span>;
}

function Progress({ run }: { run: RunRecord }) {
  const { t } = useTranslation('train');
  const { phase, step, totalSteps, prepared } = run.status;
  const { done, total } = phase === 'preparing' ? prepared : { done: step, total: totalSteps };
  const share = run.imported ? 1 : total > 0 ? Math.min(1, done / total) : 0;
  return (
    <div className={styles.progress}>
      <ProgressBar label={t('progress.label')} share={share} />
    </div>
  );
}
