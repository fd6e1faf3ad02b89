import type { Curve, MethodChoice, RunFacts } from '../advice/facts.ts';
import { CURE_METAS } from '../cures/metas.ts';
import { METHOD_METAS, type MethodId } from '../methods/metas.ts';
import type { ClassCounts, DataReport, DatasetSummary } from '../protocol/dataset.ts';
import type { PlanSummary } from '../protocol/model.ts';
import { learningRateOf, methodDefaults, taskOf } from './defaults.ts';
import type { Series } from './series.ts';
import type { RunRecord, StudioState } from './store.ts';

function curveOf({ columns, length }: Series): Curve {
  const { step, epoch, loss, accuracy, examples, learningRate } = columns;
  const part = (column: Float64Array) => column.subarray(0, length);
  return {
    step: part(step),
    epoch: part(epoch),
    loss: part(loss),
    accuracy: part(accuracy),
    examples: part(examples),
    learningRate: part(learningRate),
  };
}

/** The curves of a run as the advice reads them. */
export const curvesOf = ({ train, validation }: Pick<RunRecord, 'train' | 'validation'>) => ({
  train: curveOf(train),
  validation: curveOf(validation),
});

/** The classes of the open data set, where they are the run's. */
function countsOf(run: RunRecord, dataset: DatasetSummary | undefined): readonly ClassCounts[] | undefined {
  const usable = dataset?.classes.filter((one) => one.usable);
  return usable && String(usable.map(({ name }) => name)) === String(run.classes) ? usable : undefined;
}

/** Labels that somebody had checked count as a finding of the report. */
function reportOf({ report, wrongLabels, dataset }: Known): DataReport | undefined {
  if (!wrongLabels || !dataset) return report;
  return {
    findings: [...(report?.findings ?? []), wrongLabels],
    examined: report?.examined ?? dataset.examples.length,
    ms: report?.ms ?? 0,
  };
}

/** At least so many times the weights, for another method to be worth a run. */
const MORE = 1.5;

/** Methods that are proposed to move more or less of a model: others leave its weights be, or hardly move it. */
const PROPOSED: readonly string[] = ['head', 'lora', 'adapter', 'last-n', 'full'] satisfies MethodId[];

/** The methods that move the next more and the next fewer weights, by the plan; none where that is of another model. */
function neighbours(run: RunRecord, { plan, model }: Known): { freer?: MethodChoice; calmer?: MethodChoice } {
  if (!plan || model?.ref.id !== run.settings.model.id) return {};
  const own = trainableOf(run, plan);
  if (own === undefined) return {};
  const byWeights = plan.plans
    .filter(({ method }) => method !== run.settings.method.id && PROPOSED.includes(method))
    .sort((a, b) => a.trainable - b.trainable);
  const more = byWeights.find(({ trainable }) => trainable > own * MORE);
  const fewer = byWeights.findLast(({ trainable }) => trainable * MORE < own);
  const { id } = taskOf(run.settings);
  return {
    ...(more ? { freer: choiceOf(more.method, id) } : {}),
    ...(fewer ? { calmer: choiceOf(fewer.method, id) } : {}),
  };
}

/** Weights that the run's method moves; of a method with options, the plan knows those that are chosen now. */
const trainableOf = ({ settings: { method } }: RunRecord, { plans }: PlanSummary): number | undefined =>
  plans.find((each) => each.method === method.id)?.trainable;

const choiceOf = (id: string, task: string): MethodChoice => ({
  method: methodDefaults(id as MethodId),
  learningRate: learningRateOf(id as MethodId, task),
});

/** Old examples are the model's own: of other probes there may be none. */
const replayOf = ({ settings, status }: RunRecord): number | undefined =>
  settings.cures.replay > 0 || status.probes ? undefined : CURE_METAS.replay.start;

type Known = { [K in 'dataset' | 'report' | 'wrongLabels' | 'plan' | 'model']?: StudioState[K] | undefined };

/** What the diagnosis of a run needs to know. */
export function factsOf(run: RunRecord, known: Known): RunFacts {
  const task = taskOf(run.settings);
  const method = run.settings.method.id as MethodId;
  return {
    settings: run.settings,
    input: task.input,
    output: task.output,
    alters: task.alters,
    status: run.status,
    ...curvesOf(run),
    old: curveOf(run.old),
    replay: replayOf(run),
    classes: run.classes.length,
    counts: countsOf(run, known.dataset),
    evaluation: run.evaluation,
    report: reportOf(known),
    usualRate: METHOD_METAS[method] && learningRateOf(method, task.id),
    ...neighbours(run, known),
  };
}
