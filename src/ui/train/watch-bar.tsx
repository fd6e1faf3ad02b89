import { Button, NativeSelect } from '@mantine/core';
import { IconHistory, IconPresentation } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { isOver } from '@/protocol/run.ts';
import type { RunRecord } from '@/session/store.ts';
import { ReplayBar } from '../present/replay-bar.tsx';
import type { Replay } from '../present/use-replay.ts';
import { useActions, useStudio } from '../studio-context.tsx';
import styles from './watch-bar.module.css';

/** Steps a second; 0 is as fast as it goes. */
const PACES = [0, 20, 10, 5, 2, 1] as const;

/** For who watches: how fast the run goes, its replay once it is over, and the view for a class. */
export function WatchBar({ run, replay }: { run: RunRecord; replay: Replay }) {
  const { t } = useTranslation('present');
  const { show, setPace, leaveLesson } = useActions();
  const pace = useStudio((state) => state.pace);
  if (run.imported) return null;
  const replaying = replay.seconds !== undefined;
  const present = () => {
    if (!run.lesson) leaveLesson();
    show('present');
  };
  return (
    <div className={styles.bar}>
      {!isOver(run.status.phase) && (
        <NativeSelect
          size="xs"
          aria-label={t('pace')}
          value={String(pace)}
          onChange={(event) => void setPace(Number(event.currentTarget.value))}
          data={PACES.map((each) => ({
            value: String(each),
            label: each > 0 ? t('paceOf', { count: each }) : t('paceFree'),
          }))}
        />
      )}
      {replaying ? (
        <div className={styles.replay}>
          <ReplayBar replay={replay} onClose={replay.close} />
        </div>
      ) : (
        replay.possible && (
          <Button size="xs" leftSection={<IconHistory size={16} />} onClick={replay.again}>
            {t('do.replay')}
          </Button>
        )
      )}
      <Button size="xs" leftSection={<IconPresentation size={16} />} onClick={present}>
        {t('present')}
      </Button>
    </div>
  );
}
