import { Button } from '@mantine/core';
import { IconStopwatch } from '@tabler/icons-react';
import { memo } from 'react';
import { useTranslation } from 'react-i18next';
import { isOver } from '@/protocol/run.ts';
import type { StepProfile } from '@/protocol/step-profile.ts';
import { type Limit, limitsOf } from '@/session/step-figures.ts';
import type { RunRecord } from '@/session/store.ts';
import { Card } from '@/ui/controls/card.tsx';
import { Note } from '@/ui/controls/note.tsx';
import { ProblemNote } from '@/ui/controls/problem-note.tsx';
import { ProgressLine } from '@/ui/controls/progress-line.tsx';
import { useFormat } from '@/ui/format.ts';
import { useActions, useStudio } from '@/ui/studio-context.tsx';
import { Bytes } from './bytes.tsx';
import { Figures } from './figures.tsx';
import { Groups } from './groups.tsx';
import { How } from './how.tsx';
import { Kernels, kernelTable } from './kernels.tsx';
import styles from './profile.module.css';
import { useGroup } from './words.ts';

/** Where a step's time goes, once somebody asks: measuring slows the steps that are measured. */
export function ProfileCard({ run }: { run: RunRecord }) {
  const { t } = useTranslation('profile');
  const { profile, number } = run;
  const problem = useStudio((state) => (state.currentRun === run.id ? state.problems.profile : undefined));
  return (
    <Card
      title={t('title')}
      aside={<Measure run={run} />}
      {...(profile ? { downloads: { name: `run-${number}-profile`, table: () => kernelTable(profile) } } : {})}
    >
      {problem && <ProblemNote problem={problem} />}
      <Progress run={run} />
      {profile ? (
        <Result profile={profile} />
      ) : (
        <p className="small muted">{t(isOver(run.status.phase) ? 'what_apart' : 'what')}</p>
      )}
    </Card>
  );
}

/** The button, and beside it why it cannot be pressed now. */
function Measure({ run: { id, profile, status } }: { run: RunRecord }) {
  const { t } = useTranslation('profile');
  const { profile: measure } = useActions();
  const profiling = useStudio((state) => state.profiling);
  const other = useStudio(({ runs }) =>
    Object.values(runs).some((each) => each.id !== id && !isOver(each.status.phase)),
  );
  const { phase } = status;
  const why = other
    ? t('busy')
    : phase === 'paused'
      ? t('paused')
      : phase === 'preparing' || phase === 'finishing'
        ? t('early')
        : undefined;
  return (
    <div className={styles.measure}>
      {why && <span className={styles.why}>{why}</span>}
      <Button
        size="xs"
        leftSection={<IconStopwatch size={14} />}
        disabled={why !== undefined || (profiling !== undefined && profiling !== id)}
        loading={profiling === id}
        onClick={() => void measure()}
      >
        {t(profile ? 'again' : 'measure')}
      </Button>
    </div>
  );
}

function Progress({ run }: { run: RunRecord }) {
  const { t } = useTranslation('profile');
  const live = useStudio((state) => state.profiling === run.id);
  const progress = useStudio((state) => state.progress.profile);
  if (!live) return null;
  if (progress && progress.done < progress.total) return <ProgressLine label={t('getReady')} progress={progress} />;
  return (
    <p className="small muted" role="status">
      {t('measuring')}
    </p>
  );
}

/** Steps go on meanwhile: what was measured is drawn once. */
const Result = memo(function Result({ profile }: { profile: StepProfile }) {
  const { t } = useTranslation('profile');
  return (
    <div className={styles.result} role="status">
      {profile.backend.software && <Note>{t('software')}</Note>}
      <p className={styles.finding}>
        {limitsOf(profile).map((limit) => (
          <Finding key={limit.code} profile={profile} limit={limit} />
        ))}
      </p>
      <Figures profile={profile} />
      {profile.clock !== 'none' && <Groups profile={profile} />}
      <Bytes profile={profile} />
      <Kernels profile={profile} />
      <How profile={profile} />
    </div>
  );
});

function Finding({ profile, limit }: { profile: StepProfile; limit: Limit }) {
  const { t } = useTranslation('profile');
  const name = useGroup(profile);
  const format = useFormat();
  const values = {
    ...('share' in limit ? { share: format.percent(limit.share, limit.share < 0.1 ? 1 : 0) } : {}),
    ...('group' in limit ? { group: name(limit.group) } : {}),
    ...(limit.code === 'javascript' && profile.clock === 'none' ? { context: 'untimed' } : {}),
  };
  return <>{t(`limit.${limit.code}`, values)} </>;
}
