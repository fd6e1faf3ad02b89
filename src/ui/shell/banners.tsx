import { Button } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { LaterProblemNote } from '../controls/later-problem-note.tsx';
import { ProgressLine } from '../controls/progress-line.tsx';
import { useActions, useStudio } from '../studio-context.tsx';
import styles from './banners.module.css';

/** Over every screen: a backend that went away, and files that could not be opened from where they were dropped. */
export function Banners() {
  const { t } = useTranslation('shell');
  const screen = useStudio((state) => state.screen);
  const problems = useStudio((state) => state.problems);
  const { data } = problems;
  const { chooseBackend, dismiss } = useActions();
  const choice = useStudio((state) => state.backendChoice);
  // the run that was cut off says it there, with its own ways on
  const told = useStudio(
    ({ runs, currentRun }) =>
      screen === 'train' && currentRun !== undefined && runs[currentRun]?.status.phase === 'lost',
  );
  const backend = told ? undefined : problems.backend;
  const elsewhere = screen !== 'start' && screen !== 'data';
  if (!backend && !(data && elsewhere)) return null;
  return (
    <div className={styles.banners}>
      {backend && (
        <LaterProblemNote
          problem={backend}
          actions={
            <>
              <Button size="xs" onClick={() => chooseBackend(choice)}>
                {t('backend.again')}
              </Button>
              {choice !== 'wasm' && (
                <Button size="xs" onClick={() => chooseBackend('wasm')}>
                  {t('backend.useWasm')}
                </Button>
              )}
              <Button size="xs" variant="subtle" onClick={() => dismiss('backend')}>
                {t('dismiss')}
              </Button>
            </>
          }
        />
      )}
      {data && elsewhere && (
        <LaterProblemNote
          problem={data}
          actions={
            <Button size="xs" onClick={() => dismiss('data')}>
              {t('dismiss')}
            </Button>
          }
        />
      )}
    </div>
  );
}

/** What is being read, in a corner, on whatever screen the drop happened. */
export function Reading() {
  const { t } = useTranslation('shell');
  const reading = useStudio(({ progress }) => progress.files ?? progress.sample);
  // The data screen shows it at large.
  const shown = useStudio(({ opening, screen }) => opening && screen === 'data');
  if (!reading || shown) return null;
  return (
    <div className={styles.reading} role="status">
      <ProgressLine label={t(`reading.${reading.task === 'sample' ? 'sample' : 'files'}`)} progress={reading} />
    </div>
  );
}
