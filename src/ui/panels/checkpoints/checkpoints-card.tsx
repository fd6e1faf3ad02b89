import { Button, Tooltip } from '@mantine/core';
import { IconArrowBackUp, IconBookmark, IconGitBranch } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import type { BranchPoint } from '@/protocol/control.ts';
import { checkpointSteps, lastKept, MOST_CHECKPOINTS } from '@/protocol/marks.ts';
import { isOver } from '@/protocol/run.ts';
import type { RunRecord } from '@/session/store.ts';
import { Card } from '@/ui/controls/card.tsx';
import { useFormat } from '@/ui/format.ts';
import { useActions } from '@/ui/studio-context.tsx';
import styles from './checkpoints.module.css';

interface Kept {
  point: BranchPoint['checkpoint'];
  step: number;
  words: string;
}

/** What of a run can be gone back to or branched from, and the asking for more. */
export function CheckpointsCard({ run }: { run: RunRecord }) {
  const { t } = useTranslation('steer');
  const { status, imported } = run;
  const live = !isOver(status.phase) && status.phase !== 'finishing';
  const kept = useKept(run);
  const full =
    live && checkpointSteps(run.marks).length >= MOST_CHECKPOINTS ? checkpointSteps(run.marks)[0] : undefined;
  const place = usePlace(run);
  if (imported || status.finish === 'stop-discard' || (!live && kept.length === 0)) return null;
  return (
    <Card title={t('checkpoints.title')}>
      {live && <Asking run={run} />}
      {full !== undefined && (
        <p className="tiny muted">{t('checkpoints.full', { count: MOST_CHECKPOINTS, oldest: place(full) })}</p>
      )}
      {kept.length > 0 ? (
        <ul className={styles.list}>
          {kept.map((each) => (
            <Line key={each.point} run={run} kept={each} />
          ))}
        </ul>
      ) : (
        <p className="small muted">{t('checkpoints.none')}</p>
      )}
    </Card>
  );
}

function Asking({ run }: { run: RunRecord }) {
  const { t } = useTranslation('steer');
  const { control } = useActions();
  const { best, phase } = run.status;
  const preparing = phase === 'preparing';
  return (
    <div className={styles.asking}>
      <Button
        size="xs"
        leftSection={<IconBookmark size={14} />}
        disabled={preparing}
        onClick={() => void control({ kind: 'checkpoint' })}
      >
        {t('checkpoints.keep')}
      </Button>
      <Tooltip label={t('checkpoints.noBest')} disabled={best !== undefined}>
        <Button
          size="xs"
          leftSection={<IconArrowBackUp size={14} />}
          {...(best ? {} : { 'data-disabled': true, 'aria-disabled': true })}
          onClick={() => best && void control({ kind: 'return-to-best' })}
        >
          {t('checkpoints.back')}
        </Button>
      </Tooltip>
    </div>
  );
}

function Line({ run, kept }: { run: RunRecord; kept: Kept }) {
  const { t } = useTranslation('steer');
  const { branchFrom } = useActions();
  const place = usePlace(run)(kept.step);
  return (
    <li className={styles.line}>
      <span>
        <b>{kept.words}</b> <span className="faint num">{place}</span>
      </span>
      <Button
        size="compact-xs"
        variant="subtle"
        leftSection={<IconGitBranch size={14} />}
        aria-label={t('checkpoints.branchFrom', { what: kept.words, place })}
        onClick={() => void branchFrom(run.id, kept.point)}
      >
        {t('checkpoints.branch')}
      </Button>
    </li>
  );
}

/** "epoch 1.5, step 36" */
function usePlace({ status }: RunRecord): (step: number) => string {
  const { t } = useTranslation('steer');
  const format = useFormat();
  return (step) =>
    t('place', {
      epoch: format.number(step / Math.max(1, status.stepsPerEpoch), 1),
      step: format.number(step, 0),
    });
}

/** The best, the last and those that were asked for, newest first. */
function useKept({ status, marks }: RunRecord): Kept[] {
  const { t } = useTranslation('steer');
  const { best } = status;
  const asked = checkpointSteps(marks);
  const last = lastKept(status, marks);
  return [
    ...(best ? [{ point: 'best' as const, step: best.step, words: t('checkpoints.best') }] : []),
    ...(last > 0 && last !== best?.step && !asked.includes(last)
      ? [{ point: 'last' as const, step: last, words: t('checkpoints.last') }]
      : []),
    ...asked.toReversed().map((step) => ({ point: step, step, words: t('checkpoints.asked') })),
  ];
}
