import { Button, Skeleton } from '@mantine/core';
import { IconArrowRight } from '@tabler/icons-react';
import { type ReactNode, useCallback, useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { isOver } from '@/protocol/run.ts';
import type { RunRecord, Screen } from '@/session/store.ts';
import { Card } from '../controls/card.tsx';
import { EmptyState } from '../controls/empty-state.tsx';
import { Page } from '../controls/page.tsx';
import { ProblemNote } from '../controls/problem-note.tsx';
import { ProgressLine } from '../controls/progress-line.tsx';
import { useFormat } from '../format.ts';
import { hasWeights, useRunName } from '../panels/run-words.ts';
import { useActions, useCurrentRun, useStudio } from '../studio-context.tsx';
import { AccuracyCard } from './accuracy-card.tsx';
import { ClassesCard } from './classes-card.tsx';
import { ConfusionCard } from './confusion-card.tsx';
import styles from './evaluate.module.css';
import { PicturesCard } from './pictures-card.tsx';
import { TrialCard } from './trial-card.tsx';

/** A finished run on pictures that it never saw, and on any picture that a person brings. */
export function EvaluateScreen() {
  const { t } = useTranslation('evaluate');
  const run = useCurrentRun();
  const name = useRunName();
  if (!run)
    return <Nothing title={t('empty.noRun')} note={t('empty.noRunNote')} to="model" words={t('empty.toModel')} />;
  if (!run.imported && !isOver(run.status.phase))
    return (
      <Nothing
        title={t('empty.running', { run: name(run).run })}
        note={t('empty.runningNote')}
        to="train"
        words={t('empty.toTrain')}
      />
    );
  if (!hasWeights(run))
    return (
      <Nothing
        title={t('empty.noWeights', { run: name(run).run })}
        note={t('empty.noWeightsNote')}
        to="model"
        words={t('empty.toModel')}
      />
    );
  return <Evaluated key={run.id} run={run} />;
}

function Evaluated({ run }: { run: RunRecord }) {
  const { t } = useTranslation('evaluate');
  const format = useFormat();
  const actions = useActions();
  const name = useRunName()(run);
  const dataset = useStudio((state) => state.dataset);
  const problem = useStudio((state) => state.problems.evaluate);
  const { evaluation, imported, status } = run;
  const { busy, evaluate } = useEvaluation(run, dataset !== undefined);
  const title = evaluation
    ? t('title.found', { run: imported ? name.method : name.run, share: format.percent(evaluation.accuracy) })
    : imported
      ? t('title.imported', { name: name.method })
      : t('title.waiting', { run: name.run });
  const subtitle =
    evaluation &&
    t(status.best ? 'subtitle.best' : 'subtitle.plain', { best: status.best?.epoch, count: evaluation.examples });
  return (
    <Page
      title={title}
      subtitle={subtitle}
      actions={
        <Button variant="filled" rightSection={<IconArrowRight size={16} />} onClick={() => actions.show('export')}>
          {t('toExport')}
        </Button>
      }
    >
      <div className="stack">
        {problem && <ProblemNote problem={problem} />}
        {evaluation && (
          <div className={styles.first} data-many={evaluation.classes.length > 6}>
            <AccuracyCard evaluation={evaluation} run={run.number} />
            <ConfusionCard evaluation={evaluation} />
            <ClassesCard evaluation={evaluation} run={run.number} />
          </div>
        )}
        {!evaluation && (dataset ? busy ? <Waiting /> : <NotEvaluated again={evaluate} /> : <NoData />)}
        {/* one place for the card in every state: a file that is being picked would go down with it */}
        <div className={evaluation && styles.second}>
          {evaluation && <PicturesCard evaluation={evaluation} />}
          <TrialCard run={run} />
        </div>
      </div>
    </Page>
  );
}

/** Evaluates once on entering, where there is something to evaluate on; `evaluate` does it again. */
function useEvaluation({ id, evaluation }: RunRecord, possible: boolean): { busy: boolean; evaluate(): void } {
  const actions = useActions();
  const [busy, setBusy] = useState(possible && !evaluation);
  const asked = useRef<string>(undefined);
  const evaluate = useCallback(async () => {
    setBusy(true);
    await actions.evaluate();
    setBusy(false);
  }, [actions]);
  useEffect(() => {
    if (evaluation || !possible || asked.current === id) return;
    asked.current = id;
    void evaluate();
  }, [id, evaluation, possible, evaluate]);
  return { busy, evaluate: () => void evaluate() };
}

/** Real counts, then skeletons in the shape of what is to come. */
function Waiting() {
  const { t } = useTranslation('evaluate');
  const progress = useStudio((state) => state.progress.evaluate);
  return (
    <>
      <Card>
        <ProgressLine label={t('progress')} progress={progress ?? { done: 0, total: 0, unit: 'items' }} />
      </Card>
      <div className={styles.first}>
        {['accuracy', 'confusion', 'classes'].map((id) => (
          <Skeleton key={id} height={320} radius={12} />
        ))}
      </div>
    </>
  );
}

function NotEvaluated({ again }: { again(): void }) {
  const { t } = useTranslation('evaluate');
  return (
    <Card>
      <EmptyState title={t('empty.notEvaluated')} action={<Button onClick={again}>{t('again')}</Button>}>
        {t('empty.notEvaluatedNote')}
      </EmptyState>
    </Card>
  );
}

function NoData() {
  const { t } = useTranslation('evaluate');
  const actions = useActions();
  return (
    <Card>
      <EmptyState
        title={t('empty.noData')}
        action={<Button onClick={() => actions.show('data')}>{t('empty.toData')}</Button>}
      >
        {t('empty.noDataNote')}
      </EmptyState>
    </Card>
  );
}

interface NothingProps {
  title: ReactNode;
  note: ReactNode;
  to: Screen;
  words: ReactNode;
}

function Nothing({ title, note, to, words }: NothingProps) {
  const { t } = useTranslation('evaluate');
  const actions = useActions();
  return (
    <Page title={t('title.none')}>
      <Card>
        <EmptyState
          title={title}
          action={
            <Button variant="filled" onClick={() => actions.show(to)}>
              {words}
            </Button>
          }
        >
          {note}
        </EmptyState>
      </Card>
    </Page>
  );
}
