import type { MethodEngine } from '../methods/engine.ts';
import { METHOD_ENGINES } from '../methods/engines.ts';
import { METHOD_METAS, type MethodId } from '../methods/metas.ts';
import type { ModelConfig } from '../models/engine.ts';
import type { Architecture } from '../nn/core.ts';
import { fromDisk } from '../nn/layout.ts';
import { OPTIMIZERS } from '../nn/optimizers/index.ts';
import { liveAt, type Profile, profile, sizeOf, weightUses } from '../nn/profile.ts';
import { product } from '../nn/shapes.ts';
import { initial, type WeightValues } from '../nn/weights.ts';
import type { MethodPlan, PlanSummary } from '../protocol/model.ts';
import { defaultsOf } from '../protocol/options.ts';
import { ProblemError } from '../protocol/problems.ts';
import type { RunSettings } from '../protocol/run.ts';
import { architectureOf, type LoadedModel } from './model.ts';
import { taskMetaOf, taskOf } from './tasks.ts';
import { cachedRows } from './views.ts';

/** What a run will do to a model: decided before anything runs. */
export interface Plan {
  /** `config.json` as it describes the tuned model. */
  config: ModelConfig;
  architecture: Architecture;
  profile: Profile;
  trainable: ReadonlySet<string>;
  /** First stage that trains; the stages before it are the frozen prefix. */
  boundary: number;
  /** Weights of the head: replaced when the classes are others than the model's. */
  head: ReadonlySet<string>;
  /** The model's own head goes on: its classes are the data's, or it says tokens and no classes. */
  keepsHead: boolean;
}

const isMethod = (id: string): id is MethodId => Object.hasOwn(METHOD_ENGINES, id);

/** Throws `nothing-trains` where the method fits nothing of this model. */
export function planRun(
  model: LoadedModel,
  classes: readonly string[],
  { method, task }: Pick<RunSettings, 'method' | 'task'>,
): Plan {
  if (!isMethod(method.id)) throw new ProblemError('nothing-trains', { method: method.id });
  const engine: MethodEngine = METHOD_ENGINES[method.id];
  const { architecture: id } = model.config;
  const config = { ...model.config, ...taskOf(id).config(task), num_labels: classes.length };
  const base = architectureOf(config);
  const chosen = engine.method(method.options, base);
  const architecture = chosen.apply(base);
  const shape = profile(architecture, { B: 1, T: tokensOf(model, task) });
  const uses = weightUses(shape);
  const trainable = new Set(uses.filter((use) => chosen.trainable(use, architecture)).map(({ name }) => name));
  if (trainable.size === 0) throw new ProblemError('nothing-trains', { method: method.id });
  const last = architecture.stages.length - 1;
  return {
    architecture,
    profile: shape,
    trainable,
    boundary: shape.stages.findIndex((stage) => stage.weights.some((name) => trainable.has(name))),
    head: new Set(uses.filter(({ stages }) => stages.length === 1 && stages[0] === last).map(({ name }) => name)),
    config,
    keepsHead:
      taskMetaOf(id).output === 'token' ||
      (classes.length === model.labels.length && classes.every((name, i) => name === model.labels[i])),
  };
}

/** Tokens that an example takes at most under the task's settings; 1 for what is no text. */
export const tokensOf = ({ processor }: LoadedModel, task: RunSettings['task']): number =>
  processor.kind === 'text' ? Math.min(processor.maxLength, Number(task.maxLength)) : 1;

/**
 * First values of every weight of a plan, in memory's layout: the model's, and a fresh head drawn from the seed where
 * the classes are new. Throws `model-mismatch` naming the weight that the file lacks or holds in another shape.
 */
export function startingValues(model: LoadedModel, plan: Plan, seed: number): WeightValues {
  const values = new Map<string, Float32Array>();
  for (const [name, spec] of plan.profile.weights) {
    if (plan.head.has(name) && !plan.keepsHead) {
      values.set(name, headValues(spec.shape, initial(name, spec, seed)));
      continue;
    }
    const raw = model.file.get(name);
    const data = raw && fromDisk(raw, spec);
    if (!data)
      throw new ProblemError('model-mismatch', {
        file: `${model.summary.name}/model.safetensors`,
        field: name,
        expected: spec.shape.join(' × '),
        value: raw ? raw.shape.join(' × ') : '–',
      });
    values.set(name, data);
  }
  return values;
}

/** A new head starts near zero: its first answers are even, and its first gradients do not shake the model. */
function headValues(shape: readonly number[], drawn: Float32Array): Float32Array {
  return shape.length > 1 ? drawn.map((value) => 0.1 * value) : drawn;
}

/** Bytes that the frozen prefix leaves for one example. */
export function cacheBytesPerExample({ architecture, profile: { stages }, boundary }: Plan): number {
  if (boundary === 0) return 0;
  const outputs = Object.assign({}, ...stages.slice(0, boundary).map((stage) => stage.output)) as Record<
    string,
    (typeof stages)[number]['output'][string]
  >;
  return liveAt(architecture, boundary).reduce((sum, name) => {
    const value = outputs[name];
    return sum + (value ? 4 * Number(product(value.shape)) : 0);
  }, 0);
}

export const stepsPerEpoch = (examples: number, batchSize: number): number => Math.ceil(examples / batchSize);

function methodPlan(plan: Plan, settings: RunSettings, method: string, rows: number): MethodPlan {
  const { profile: shape, trainable, boundary } = plan;
  const count = (names: Iterable<string>) =>
    [...names].reduce((sum, name) => sum + sizeOf(shape.weights.get(name)!.shape), 0);
  const total = count([...shape.weights].filter(([, spec]) => spec.role !== 'stat').map(([name]) => name));
  const all = count(shape.weights.keys());
  const learns = count(trainable);
  const sum = (from: number, to: number, of: 'flops' | 'activationBytes') =>
    shape.stages.slice(from, to).reduce((n, stage) => n + stage[of], 0);
  const caches = settings.cachePrefix && boundary > 0;
  const slots = OPTIMIZERS[settings.optimizer].slots.length;
  const gradientBytes = 4 * learns;
  const optimizerBytes = gradientBytes * slots;
  const activationBytes = settings.batchSize * sum(boundary, shape.stages.length, 'activationBytes');
  const cacheBytes = caches ? cacheBytesPerExample(plan) * rows : 0;
  const last = shape.stages.length;
  const backward = 3 * sum(boundary, last, 'flops');
  return {
    method,
    trainable: learns,
    total,
    frozenStages: boundary,
    memoryBytes: 4 * all + gradientBytes + optimizerBytes + activationBytes + cacheBytes,
    gradientBytes,
    optimizerBytes,
    activationBytes,
    stepFlops: settings.batchSize * (backward + (caches ? 0 : sum(0, boundary, 'flops'))),
    cacheBytes,
  };
}

/** Every method on this model and data, the chosen one with the chosen options. */
export function summarisePlans(
  model: LoadedModel,
  classes: readonly string[],
  settings: RunSettings,
  examples: { train: number; validation: number },
): PlanSummary {
  const chosen = planRun(model, classes, settings);
  const rows = cachedRows(settings, examples);
  const plans = Object.values(METHOD_METAS).map((meta) => {
    const options = meta.id === settings.method.id ? settings.method.options : defaultsOf(meta.options);
    return methodPlan(
      planRun(model, classes, { method: { id: meta.id, options }, task: settings.task }),
      settings,
      meta.id,
      rows,
    );
  });
  return {
    stages: chosen.profile.stages.map(({ name, flops, activationBytes, weights }) => ({
      name,
      flops,
      activationBytes,
      parameters: weights.reduce((sum, weight) => {
        const spec = chosen.profile.weights.get(weight)!;
        return sum + (spec.role === 'stat' ? 0 : sizeOf(spec.shape));
      }, 0),
    })),
    modules: [],
    plans,
    unfit: [],
    stepsPerEpoch: stepsPerEpoch(examples.train, settings.batchSize),
  };
}
