import { useTranslation } from 'react-i18next';
import { type DatasetSummary, NONE } from '@/protocol/dataset.ts';
import { isOver } from '@/protocol/run.ts';
import { useKindTranslation } from '../controls/kind-translation.ts';
import { useProblemWords } from '../controls/problem-words.ts';
import { isLabelled } from '../data/labelled.ts';
import { useParts, useStudio } from '../studio-context.tsx';

/** What the open data lacks for a run, as the end of a `model:reason.` key; nothing where it lacks nothing. */
export function lackOf(
  dataset: DatasetSummary,
): 'unsorted' | 'oneClass' | 'tooFew' | 'noTrain' | 'noValidation' | undefined {
  const { classes, examples } = dataset;
  const usable = classes.filter((one) => one.usable);
  const labelled = isLabelled(dataset);
  if (usable.length === 0 && examples.labels.every((label) => label === NONE)) return 'unsorted';
  if (labelled && usable.length < 2) return 'oneClass';
  if (usable.length === 0) return 'tooFew';
  if (usable.every(({ counts }) => counts.train === 0)) return 'noTrain';
  if (usable.every(({ counts }) => counts.validation === 0)) return 'noValidation';
  return undefined;
}

/** What the open data lacks, in words. */
function useLack(): string | undefined {
  const { t } = useKindTranslation('model');
  const dataset = useStudio((state) => state.dataset);
  if (!dataset) return t('reason.noData');
  const lack = lackOf(dataset);
  return lack && t(`reason.${lack}`);
}

/** Why nothing can be planned before somebody does something about it; nothing where a plan is there or on its way. */
export function useHindrance(): string | undefined {
  const words = useProblemWords();
  const lack = useLack();
  const problem = useStudio((state) => state.problems.model);
  return lack ?? (problem && words(problem).what);
}

/** Whether the settings could wait for what goes on to end. */
export function useQueueable(): boolean {
  const lack = useLack();
  const { model, plan, problems, series, queue, runs } = useParts(
    'model',
    'plan',
    'problems',
    'series',
    'queue',
    'runs',
  );
  const live = Object.values(runs).some(({ status }) => !isOver(status.phase));
  return (live || series !== undefined || queue.length > 0) && !lack && !problems.model && Boolean(model && plan);
}

/** Why no run can start, whatever its model and settings; nothing where one can. */
export function useObstacle(): string | undefined {
  const { t } = useKindTranslation('model');
  const dataset = useStudio((state) => state.dataset);
  const series = useStudio((state) => state.series);
  const live = useStudio(({ runs }) => Object.values(runs).find(({ status }) => !isOver(status.phase))?.number);
  const advising = useStudio((state) => state.advising);
  const trials = useStudio((state) => state.trials !== undefined);
  const finding = useStudio((state) => state.findingRate);
  const lack = useLack();
  if (!dataset || lack) return lack;
  if (finding) return t('reason.finding');
  if (series) return t('reason.series', { draw: series.draw + 1, of: series.of });
  if (advising) return t('reason.advising');
  if (trials) return t('compare:reason');
  return live === undefined ? undefined : t('reason.live', { number: live });
}

/** Whether a run can start; if not the reason, if so how long it is. */
export function useReadiness(): { ready: boolean; reason: string } {
  const { t } = useTranslation('model');
  const words = useProblemWords();
  const obstacle = useObstacle();
  const { model, plan, settings, problems } = useParts('model', 'plan', 'settings', 'problems');
  const waits = (reason: string) => ({ ready: false, reason });
  if (obstacle) return waits(obstacle);
  if (problems.model) return waits(words(problems.model).what);
  if (!model) return waits(t('reason.loading'));
  if (!plan) return waits(t('reason.planning'));
  const unfit = plan.unfit.find(({ method }) => method === settings.method.id);
  if (unfit) return waits(words(unfit.problem).what);
  return {
    ready: true,
    reason: t('reason.ready', {
      epochs: t('reason.epochs', { count: settings.epochs }),
      steps: t('reason.steps', { count: plan.stepsPerEpoch }),
      total: t('reason.steps', { count: plan.stepsPerEpoch * settings.epochs }),
    }),
  };
}
