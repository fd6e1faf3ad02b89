import { Button, Skeleton } from '@mantine/core';
import { IconArrowRight, IconFile, IconFolder } from '@tabler/icons-react';
import { Trans, useTranslation } from 'react-i18next';
import type { DatasetSummary } from '@/protocol/dataset.ts';
import { Card } from '../controls/card.tsx';
import { EmptyState } from '../controls/empty-state.tsx';
import { FileButton } from '../controls/file-button.tsx';
import { Page, WithRail } from '../controls/page.tsx';
import { ProblemNote } from '../controls/problem-note.tsx';
import { ProgressLine } from '../controls/progress-line.tsx';
import { hrefOf } from '../shell/route.ts';
import { useActions, useStudio } from '../studio-context.tsx';
import { ClassGrid } from './class-grid.tsx';
import { DataReport } from './data-report.tsx';
import { SplitCard } from './split-card.tsx';

/** What was read: how it is split, a look at every class, and what is wrong with it. */
export function DataScreen() {
  const dataset = useStudio((state) => state.dataset);
  const reading = useStudio(({ progress }) => Boolean(progress.files ?? progress.sample));
  if (dataset) return <Opened dataset={dataset} />;
  return reading ? <Opening /> : <Nothing />;
}

function Opened({ dataset }: { dataset: DatasetSummary }) {
  const { t } = useTranslation('data');
  const { openFiles } = useActions();
  const open = dataset.problems.filter(({ severity }) => severity !== 'note').length;
  return (
    <Page
      title={t('title', {
        pictures: t('pictures', { count: dataset.examples.length }),
        classes: t('classes', { count: dataset.classes.length }),
      })}
      subtitle={<Trans t={t} i18nKey="readFrom" values={{ name: dataset.name }} components={{ b: <b /> }} />}
      reason={open > 0 ? t('findings', { count: open }) : undefined}
      actions={
        <Button component="a" variant="filled" href={hrefOf('model')} rightSection={<IconArrowRight size={16} />}>
          {t('toModel')}
        </Button>
      }
    >
      <WithRail railFirst rail={<DataReport dataset={dataset} />}>
        <DataProblem />
        <SplitCard dataset={dataset} />
        <ClassGrid dataset={dataset} />
        <div className="row wrap">
          <FileButton folder leftSection={<IconFolder size={16} />} onPick={openFiles}>
            {t('otherFolder')}
          </FileButton>
          <FileButton accept="image/*,.zip,.csv" leftSection={<IconFile size={16} />} onPick={openFiles}>
            {t('otherFiles')}
          </FileButton>
        </div>
      </WithRail>
    </Page>
  );
}

function DataProblem() {
  const { t } = useTranslation('shell');
  const problem = useStudio((state) => state.problems.data);
  const { dismiss } = useActions();
  if (!problem) return null;
  return (
    <ProblemNote
      problem={problem}
      actions={
        <Button size="xs" onClick={() => dismiss('data')}>
          {t('dismiss')}
        </Button>
      }
    />
  );
}

function Opening() {
  const { t } = useTranslation('data');
  const progress = useStudio(({ progress }) => progress.files ?? progress.sample);
  return (
    <Page title={t('opening')}>
      <Card>
        <div className="stack">
          {progress && <ProgressLine label={t('readingFiles')} progress={progress} />}
          <Skeleton height={40} />
          <Skeleton height={280} />
        </div>
      </Card>
    </Page>
  );
}

function Nothing() {
  const { t } = useTranslation('data');
  return (
    <Page title={t('empty.title')}>
      <div className="stack">
        <DataProblem />
        <Card>
          <EmptyState
            title={t('empty.head')}
            action={
              <Button component="a" href={hrefOf('start')} variant="filled">
                {t('empty.action')}
              </Button>
            }
          >
            {t('empty.note')}
          </EmptyState>
        </Card>
      </div>
    </Page>
  );
}
