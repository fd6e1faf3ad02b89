import { Button } from '@mantine/core';
import { IconPlayerPlay } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { isForeign } from '@/protocol/text.ts';
import { Card } from '../controls/card.tsx';
import { EmptyState } from '../controls/empty-state.tsx';
import { Page } from '../controls/page.tsx';
import { ProblemNote } from '../controls/problem-note.tsx';
import { hrefOf } from '../shell/route.ts';
import { useActions, useStudio } from '../studio-context.tsx';
import { AugmentationCard } from './augmentation-card.tsx';
import { BranchNote } from './branch-note.tsx';
import { CuresCard } from './cures-card.tsx';
import { FewShotCard } from './few-shot-card.tsx';
import { LinkButton } from './link-button.tsx';
import { MethodCard } from './method-card.tsx';
import { ModelAdviceCard } from './model-advice.tsx';
import { ModelCards } from './model-cards.tsx';
import styles from './model-screen.module.css';
import { QueueButton } from './queue-button.tsx';
import { useReadiness } from './readiness.ts';
import { SetUpNote } from './set-up-note.tsx';
import { SettingsCard } from './settings-card.tsx';
import { StageCard } from './stage-card.tsx';
import { StoppingCard } from './stopping-card.tsx';
import { TaskCard } from './task-card.tsx';
import { TextFitNote } from './text-fit-note.tsx';
import { useTask } from './use-task.ts';
import { useTextFit } from './use-text-fit.ts';

/** Which model, which of its weights move, and how. */
export function ModelScreen() {
  const { t } = useTranslation('model');
  const number = useStudio(({ runs }) => Object.keys(runs).length + 1);
  const problem = useStudio((state) => state.problems.model);
  const model = useStudio((state) => state.settings.model);
  const { train, openModel } = useActions();
  const { ready, reason } = useReadiness();
  const fit = useTextFit();
  return (
    <Page
      title={t('title')}
      reason={reason}
      actions={
        <>
          <QueueButton />
          <Button variant="filled" disabled={!ready} leftSection={<IconPlayerPlay size={16} />} onClick={train}>
            {t('start', { number })}
          </Button>
        </>
      }
    >
      <div className="stack">
        {problem && (
          <ProblemNote
            problem={problem}
            actions={
              <Button size="xs" onClick={() => openModel(model)}>
                {t('again')}
              </Button>
            }
          />
        )}
        <SetUpNote />
        <BranchNote />
        <ModelCards foreign={fit !== undefined && isForeign(fit)} />
        <TextFitNote fit={fit} />
        <ModelAdviceCard />
        <LinkButton />
        <Planned />
      </div>
    </Page>
  );
}

/** Stages and methods need data: without it there are no classes to plan for. */
function Planned() {
  const { t } = useTranslation('model');
  const hasData = useStudio((state) => Boolean(state.dataset));
  const { output, alters } = useTask();
  if (!hasData)
    return (
      <Card>
        <EmptyState
          title={t('noData.title')}
          action={
            <Button component="a" href={hrefOf('start')} variant="filled">
              {t('noData.action')}
            </Button>
          }
        >
          {t('noData.note')}
        </EmptyState>
      </Card>
    );
  return (
    <div className={styles.three}>
      <StageCard />
      <div className={styles.middle}>
        <MethodCard />
        <StoppingCard />
        {alters && <AugmentationCard />}
      </div>
      <div className={styles.side}>
        <TaskCard />
        <SettingsCard />
        <CuresCard />
        {output === 'class' && <FewShotCard />}
      </div>
    </div>
  );
}
