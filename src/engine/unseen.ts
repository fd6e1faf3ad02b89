import { byLength } from '../data/batches.ts';
import type { Dataset } from '../data/opened-dataset.ts';
import { openRowFile } from '../lib/row-file.ts';
import { METHOD_METAS } from '../methods/metas.ts';
import { labelTargets } from '../nn/classification.ts';
import { cacheFeatures } from '../nn/feature-cache.ts';
import { Learner } from '../nn/learner.ts';
import type { Objective } from '../nn/loss-gradient.ts';
import { OPTIMIZERS } from '../nn/optimizers/index.ts';
import type { BackendInfo } from '../protocol/backend.ts';
import { defaultsOf } from '../protocol/options.ts';
import { ProblemError } from '../protocol/problems.ts';
import type { ExampleSource } from '../tasks/engine.ts';
import { outOfSample } from './cross-validation.ts';
import { inputBatches, makeReady, sourceOf } from './examples.ts';
import type { LoadedModel } from './model.ts';
import { placeOf } from './place.ts';
import { cacheBytesPerExample, type Plan, planRun, startingValues } from './plan.ts';
import { asLong } from './prefix.ts';
import type { Studio } from './studio.ts';
import { taskMetaOf, taskOf } from './tasks.ts';

const BATCH = 16;
const SEED = 42;

interface Unseen {
  dataset: Dataset;
  /** Examples that are learned from and answered, ascending. */
  ids: readonly number[];
  /** That has not been tuned on them. */
  model: LoadedModel;
  /** Half of the work is features, half is heads. */
  progress(done: number, total: number): void;
}

/**
 * Probabilities [examples, classes] of each example, by a head on the pretrained model's features that was trained on others
 * alone. Throws `busy` once a run begins or the backend changes.
 */
export async function unseen(studio: Studio, { dataset, ids, model, progress }: Unseen): Promise<Float32Array> {
  const backend = await studio.backend();
  const { classes } = dataset;
  const task = taskOf(model.config.architecture);
  const { plan, learningRate } = planOf(model, classes);
  const learner = learnerOf(model, plan, task.objective);
  let alive = true;
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
      return await outOfSample({
        learner,
        cache,
        rows: ids.map((id) => rows.get(id)!),
        lengths: source.length && ids.map(source.length),
        labels: ids.map((id) => dataset.label(id)),
        classes: classes.length,
        targets: (labels, o) => labelTargets(labels, o).batch,
        learningRate,
        seed: SEED,
        onProgress: (done) => go(ids.length + done),
      });
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
