import { Button } from '@mantine/core';
import { IconArrowRight } from '@tabler/icons-react';
import { type ReactNode, useDeferredValue, useMemo, useState } from 'react';
import type { Evaluation } from '@/protocol/result.ts';
import { taskOf } from '@/session/defaults.ts';
import type { RunRecord } from '@/session/store.ts';
import { FinishedRun } from '../controls/finished-run.tsx';
import { useKindTranslation } from '../controls/kind-translation.ts';
import { Page } from '../controls/page.tsx';
import { ProblemNote } from '../controls/problem-note.tsx';
import { SectionNav, useSection } from '../controls/section-nav.tsx';
import { useFormat } from '../format.ts';
import { useRunName } from '../panels/run-words.ts';
import { useActions, useStudio } from '../studio-context.tsx';
import { answersOf } from './answered.ts';
import { CameraCard } from './camera-card.tsx';
import { CompareSection } from './compare-section.tsx';
import styles from './evaluate.module.css';
import { WritingEvaluated } from './generation/generation-screen.tsx';
import { GroupsCard } from './groups-card.tsx';
import { OverviewSection } from './overview-section.tsx';
import { type Pair, PicturesCard } from './pictures-card.tsx';
import { RankingCard } from './ranking-card.tsx';
import { ReliabilityCard } from './reliability-card.tsx';
import { NoData, NotEvaluated, Waiting } from './states.tsx';
import { TextTrialCard } from './text-trial-card.tsx';
import { TrialCard } from './trial-card.tsx';
import { useEvaluation } from './use-evaluation.ts';

const SECTIONS = ['overview', 'pictures', 'confidence', 'groups', 'compare', 'try'] as const;
type Section = (typeof SECTIONS)[number];

/** A finished run on pictures that it never saw, and on any picture that a person brings. */
export const EvaluateScreen = () => (
  <FinishedRun namespace="evaluate">
    {(run) =>
      taskOf(run.settings).output === 'token' ? (
        <WritingEvaluated key={run.id} run={run} />
      ) : (
        <Evaluated key={run.id} run={run} />
      )
    }
  </FinishedRun>
);

function Evaluated({ run }: { run: RunRecord }) {
  const { t } = useKindTranslation('evaluate');
  const format = useFormat();
  const actions = useActions();
  const problem = useStudio((state) => state.problems.evaluate);
  const dataset = useStudio((state) => state.dataset);
  const { busy, evaluate } = useEvaluation(run.id, run.evaluation !== undefined, dataset !== undefined);
  const sections = SECTIONS.filter((id) => id === 'try' || (dataset && (id !== 'groups' || dataset.groups.length > 0)));
  const section = useSection('evaluate', sections);
  const { evaluation } = run;
  // drawn in slices once it is there: with hundreds of classes all at once would hold the page
  const measured = useDeferredValue(evaluation, undefined);
  const mistakes = evaluation && Math.round(evaluation.examples * (1 - evaluation.accuracy));
  return (
    <Page
      {...useTitle(run)}
      actions={
        <Button variant="filled" rightSection={<IconArrowRight size={16} />} onClick={() => actions.show('export')}>
          {t('toExport')}
        </Button>
      }
    >
      {sections.length > 1 && (
        <SectionNav
          label={t('section.label')}
          screen="evaluate"
          current={section}
          sections={sections.map((id) => ({
            id,
            label: t(`section.${id}`),
            count: id === 'pictures' && mistakes ? format.number(mistakes, 0) : undefined,
          }))}
        />
      )}
      <div className="stack">
        {problem && <ProblemNote problem={problem} />}
        {section === 'try' ? (
          <>
            {taskOf(run.settings).input === 'text' ? (
              <TextTrialCard run={run} />
            ) : (
              <div className={styles.two}>
                <TrialCard run={run} />
                <CameraCard run={run} />
              </div>
            )}
            {!dataset && <NoData />}
          </>
        ) : measured ? (
          <Measured run={run} evaluation={measured} section={section} />
        ) : busy || evaluation ? (
          <Waiting />
        ) : (
          <NotEvaluated again={evaluate} />
        )}
      </div>
    </Page>
  );
}

/** The finding, and what it stands on. */
function useTitle(run: RunRecord): { title: string; subtitle: ReactNode } {
  const { t } = useKindTranslation('evaluate');
  const format = useFormat();
  const name = useRunName()(run);
  const { evaluation, imported, status } = run;
  if (!evaluation)
    return {
      title: imported ? t('title.imported', { name: name.method }) : t('title.waiting', { run: name.run }),
      subtitle: undefined,
    };
  const words = { best: status.best?.epoch, count: evaluation.examples };
  return {
    title: t('title.found', {
      run: imported ? name.method : name.run,
      share: format.percent(evaluation.accuracy),
    }),
    subtitle: t(status.best ? 'subtitle.best' : 'subtitle.plain', words),
  };
}

interface MeasuredProps {
  run: RunRecord;
  evaluation: Evaluation;
  section: Exclude<Section, 'try'>;
}

function Measured({ run, evaluation, section }: MeasuredProps) {
  const dataset = useStudio((state) => state.dataset);
  const groups = useStudio((state) => state.dataset?.groups ?? []);
  const answered = useMemo(() => (dataset ? answersOf(evaluation, dataset) : []), [evaluation, dataset]);
  const [pair, setPair] = useState<Pair>();
  const shared = { run, evaluation, answered };
  switch (section) {
    case 'overview':
      return (
        <OverviewSection
          {...shared}
          onPair={(chosen) => {
            setPair(chosen);
            location.hash = '#/evaluate/pictures';
          }}
        />
      );
    case 'pictures':
      return <PicturesCard {...shared} pair={pair} onPair={setPair} />;
    case 'confidence':
      return (
        <div className={styles.confidence}>
          <ReliabilityCard evaluation={evaluation} run={run.number} />
          <RankingCard evaluation={evaluation} run={run.number} />
        </div>
      );
    case 'groups':
      return <GroupsCard evaluation={evaluation} groups={groups} run={run.number} />;
    case 'compare':
      return <CompareSection {...shared} />;
    default:
      return section satisfies never;
  }
}
