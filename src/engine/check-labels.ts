import { byLength } from '../data/batches.ts';
import type { Dataset } from '../data/opened-dataset.ts';
import { type LabelIssue, labelIssues } from '../lib/confident-learning.ts';
import { openRowFile } from '../lib/row-file.ts';
import { METHOD_METAS } from '../methods/metas.ts';
import { shippedModel } from '../models/metas.ts';
import { labelTargets } from '../nn/classification.ts';
import { cacheFeatures } from '../nn/feature-cache.ts';
import { Learner, type Objective } from '../nn/learner.ts';
import { OPTIMIZERS } from '../nn/optimizers/index.ts';
import type { BackendInfo } from '../protocol/backend.ts';
import { type Finding, SPLITS } from '../protocol/dataset.ts';
import type { ModelRef } from '../protocol/model.ts';
import { defaultsOf } from '../protocol/options.ts';
import { ProblemError } from '../protocol/problems.ts';
import type { ExampleSource } from '../tasks/engine.ts';
import { outOfSample } from './cross-validation.ts';
import { inputBatches, makeReady, sourceOf } from './examples.ts';
import type { LoadedModel } from './model.ts';
import { cacheBytesPerExample, type Plan, planRun, startingValues } from './plan.ts';
import { asLong, placeOf } from './prefix.ts';
import type { Studio } from './studio.ts';
import { taskMetaOf, taskOf } from './tasks.ts';

const BATCH = 16;
const SEED = 42;

const checking = new WeakSet<Studio>();

/**
 * Labels that are most probably wrong: a head on the pretrained model's features answers each example without having seen
 * it, and confident learning weighs the answers. Throws `busy` while a run is under way, or once one begins, and what
 * opening a view and a model throws.
 */
export async function checkLabels(studio: Studio, ref: ModelRef): Promise<Finding> {
  if (studio.active || checking.has(studio)) throw new ProblemError('busy');
  checking.add(studio);
  try {
    const dataset = studio.needDataset();
    const ids = SPLITS.flatMap((split) => dataset.ids(split)).sort((a, b) => a - b);
    const issues = await issuesOf(studio, dataset, ids, await untuned(studio, ref));
    return finding(studio.opened().state.classes, dataset.classes, ids, issues);
  } finally {
    checking.delete(studio);
  }
}

/** What is open may have been tuned on these very labels: then the model that it came from. */
async function untuned(studio: Studio, ref: ModelRef): Promise<LoadedModel> {
  const model = await studio.model(ref);
  const { id } = model.origin;
  return ref.kind === 'imported' && shippedModel(id) ? studio.model({ kind: 'shipped', id }) : model;
}

async function issuesOf(
  studio: Studio,
  dataset: Dataset,
  ids: readonly number[],
  model: LoadedModel,
): Promise<LabelIssue[]> {
  const backend = await studio.backend();
  const { classes } = dataset;
  const labels = ids.map((id) => dataset.label(id));
  const task = taskOf(model.config.architecture);
  const { plan, learningRate } = planOf(model, classes);
  const learner = learnerOf(model, plan, task.objective);
  const progress = studio.progress('labels', 'items');
  let alive = true;
  /** Half of the work is features, half is heads. */
  const go = async (done: number) => {
    progress(Math.round(done), 2 * ids.length);
    if (studio.active) throw new ProblemError('busy');
    alive = (await studio.backend()) === backend;
    if (!alive) throw new ProblemError('busy');
  };
  try {
    await go(0);
    const source = sourceOf(dataset, model, defaultsOf(taskMetaOf(model.config.architecture).options));
    await makeReady(studio, source, ids, () => {
      if (studio.active) throw new ProblemError('busy');
    });
    const order = byLength(ids, source.length);
    const cache = await featuresOf(learner, plan, source, order, backend, go);
    const rows = new Map(order.map((id, row) => [id, row]));
    try {
      const probabilities = await outOfSample({
        learner,
        cache,
        rows: ids.map((id) => rows.get(id)!),
        lengths: source.length && ids.map(source.length),
        labels,
        classes: classes.length,
        targets: (labels, o) => labelTargets(labels, o).batch,
        learningRate,
        seed: SEED,
        onProgress: (done) => go(ids.length + done),
      });
      return labelIssues(labels, probabilities, classes.length);
    } finally {
      if (alive) cache.dispose();
    }
  } finally {
    // With another backend its tensors are gone.
    if (alive) learner.dispose();
  }
}

/** Bytes of an example's features up to which the layer before the head trains too, and how fast: the course is short. */
const SMALL = 32 * 1024;
const SMALL_LEARNING_RATE = 1e-3;

/**
 * A fresh head, even where the classes are the model's own: its head has seen them. A small model's last features say too
 * little of classes that it does not know: there the layer before the head trains too.
 */
function planOf(model: LoadedModel, classes: readonly string[]): { plan: Plan; learningRate: number } {
  const { head, 'last-n': lastN } = METHOD_METAS;
  const task = defaultsOf(taskMetaOf(model.config.architecture).options);
  const deeper = planRun(model, classes, { method: { id: lastN.id, options: { stages: 2 } }, task });
  const small = deeper.boundary > 0 && cacheBytesPerExample(deeper) <= SMALL;
  const plan = small ? deeper : planRun(model, classes, { method: { id: head.id, options: {} }, task });
  const headRate = taskMetaOf(model.config.architecture).learningRates.head ?? head.learningRate;
  return { plan: { ...plan, keepsHead: false }, learningRate: small ? SMALL_LEARNING_RATE : headRate };
}

function learnerOf(model: LoadedModel, plan: Plan, objective: Objective): Learner {
  return new Learner({
    architecture: plan.architecture,
    values: startingValues(model, plan, SEED),
    trainable: plan.trainable,
    optimizer: OPTIMIZERS.adamw,
    objective,
    seed: SEED,
    batchStatistics: false,
    clipNorm: 0,
  });
}

/** Output of the frozen stages for every example, once for all folds. */
function featuresOf(
  { network }: Learner,
  plan: Plan,
  source: ExampleSource,
  ids: readonly number[],
  backend: BackendInfo,
  onDone: (done: number) => Promise<void>,
) {
  return cacheFeatures(network, {
    boundary: plan.boundary,
    inputs: inputBatches(source, ids, BATCH, onDone),
    padded: source.ragged?.padded,
    place: placeOf(cacheBytesPerExample(asLong(plan, source, ids)) * ids.length, backend),
    openFile: (value) => openRowFile(`${crypto.randomUUID()}-${value}`),
  });
}

/** `named` are all classes, of which those with too few examples took no part. */
function finding(
  named: readonly string[],
  classes: readonly string[],
  ids: readonly number[],
  issues: readonly LabelIssue[],
): Finding {
  const cases = issues.map((issue) => {
    const [given, likely] = [classes[issue.given]!, classes[issue.likely]!];
    const labels = { givenLabel: named.indexOf(given), likelyLabel: named.indexOf(likely) };
    return { ids: [ids[issue.index]!], values: { given, likely, ...labels, probability: issue.probability } };
  });
  return {
    kind: 'probably-mislabelled',
    severity: 'warning',
    cases,
    values: { count: cases.length, examined: ids.length },
    ...(cases.length > 0 ? { remedy: { kind: 'exclude', ids: cases.flatMap((one) => one.ids) } } : {}),
  };
}
