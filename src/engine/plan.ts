import type { MethodEngine } from '../methods/engine.ts';
import { METHOD_ENGINES } from '../methods/engines.ts';
import { METHOD_METAS, type MethodId } from '../methods/metas.ts';
import type { ModelConfig } from '../models/engine.ts';
import type { Architecture, Method } from '../nn/core.ts';
import { fromDisk } from '../nn/layout.ts';
import { isHeadWeight, liveAt, type Profile, profile, weightUses } from '../nn/profile.ts';
import { product } from '../nn/shapes.ts';
import { initial, type WeightValues } from '../nn/weights.ts';
import { defaultsOf } from '../protocol/options.ts';
import { ProblemError } from '../protocol/problems.ts';
import type { RunSettings, Start } from '../protocol/run.ts';
import { architectureOf, deviationOf, type LoadedModel } from './model.ts';
import { withRoom } from './room.ts';
import { taskMetaOf, taskOf } from './tasks.ts';

/** What a run will do to a model: decided before anything runs. */
export interface Plan {
  /** `config.json` as it describes the tuned model. */
  config: ModelConfig;
  method: Method;
  /** What the method makes of the model. */
  architecture: Architecture;
  profile: Profile;
  /** The model as it is without the method: with what it was tuned with before, where that is no part of its own weights. */
  base: { architecture: Architecture; profile: Profile };
  trainable: ReadonlySet<string>;
  /** First stage that trains; the stages before it are the frozen prefix. */
  boundary: number;
  /** Weights of the head: replaced when the classes are others than the model's. */
  head: ReadonlySet<string>;
  /** The model's own head goes on: its classes are the data's, or it says tokens and no classes. */
  keepsHead: boolean;
  /** Whether the weights are the model's, or drawn at random. */
  start: Start;
}

const isMethod = (id: string): id is MethodId => Object.hasOwn(METHOD_ENGINES, id);

/** Throws `nothing-trains`, or what else keeps the method from this model. */
export function planRun(
  model: LoadedModel,
  classes: readonly string[],
  { method, task, start = 'pretrained' }: Pick<RunSettings, 'method' | 'task'> & { start?: Start },
): Plan {
  const { architecture: id } = model.config;
  const own = taskOf(id).config(task);
  const config = { ...model.config, ...own, num_labels: classes.length };
  const { base, chosen, architecture } = applied(architectureOf(config), model.applied, method);
  const sizes = { B: 1, T: tokensOf(withRoom(model, chosen), task) };
  const uses = weightUses(profile(architecture, sizes));
  const trainable = new Set(uses.filter((use) => chosen.trainable(use, architecture)).map(({ name }) => name));
  if (trainable.size === 0 && !chosen.design) throw new ProblemError('nothing-trains', { method: method.id });
  const shape = profile(architecture, sizes, trainable);
  const baseShape = profile(base, sizes);
  const heads = weightUses(baseShape).filter((use) => isHeadWeight(use, base));
  return {
    method: chosen,
    architecture,
    profile: shape,
    base: { architecture: base, profile: baseShape },
    trainable,
    boundary: boundaryOf(shape, trainable),
    head: new Set(heads.map(({ name }) => name)),
    config,
    start,
    keepsHead:
      taskMetaOf(id).output === 'token' ||
      (isOwn(model.config, own) &&
        classes.length === model.labels.length &&
        classes.every((name, i) => name === model.labels[i])),
  };
}

type MethodChoice = RunSettings['method'];

/** An option that is not given has its default. Throws `nothing-trains` where there is no such method. */
export function methodOf({ id, options }: MethodChoice, architecture: Architecture): Method {
  if (!isMethod(id)) throw new ProblemError('nothing-trains', { method: id });
  const engine: MethodEngine = METHOD_ENGINES[id];
  return engine.method({ ...defaultsOf(METHOD_METAS[id].options), ...options }, architecture);
}

const countWeights = (architecture: Architecture): number => profile(architecture).weights.size;

/**
 * A method on a model. What the model was tuned with before and still has is part of it: the same method goes on with
 * that, as it was; another that has to keep weights of its own throws `method-applied`.
 */
function applied(own: Architecture, before: MethodChoice | undefined, method: MethodChoice) {
  if (!before) {
    const chosen = methodOf(method, own);
    return { base: own, chosen, architecture: chosen.apply(own) };
  }
  const known = methodOf(before, own);
  const base = known.apply(own);
  // its context is narrower already
  if (before.id === method.id) return { base, chosen: { ...known, room: 0 }, architecture: base };
  const chosen = methodOf(method, base);
  const architecture = chosen.apply(base);
  if (!chosen.merge && countWeights(architecture) > countWeights(base))
    throw new ProblemError('method-applied', { method: before.id });
  return { base, chosen, architecture };
}

/** The first stage that reads a trainable weight; behind the last one where there is none. */
function boundaryOf({ stages }: Profile, trainable: ReadonlySet<string>): number {
  const first = stages.findIndex((stage) => stage.weights.some((name) => trainable.has(name)));
  return first < 0 ? stages.length : first;
}

/** Factors on the learning rates of weights, where the method has any. */
export function ratesOf({ method, architecture, profile: shape }: Plan): ((name: string) => number) | undefined {
  if (!method.rate) return undefined;
  const rates = new Map(weightUses(shape).map((use) => [use.name, method.rate!(use, architecture)]));
  return (name) => rates.get(name)!;
}

/** What moves in an epoch, from 1; undefined where that is all that trains, in each. */
export function movingOf(plan: Plan): ((epoch: number) => ReadonlySet<string>) | undefined {
  const { method, architecture, profile: shape, trainable } = plan;
  if (!method.moves) return undefined;
  const uses = weightUses(shape).filter(({ name }) => trainable.has(name));
  return (epoch) => new Set(uses.filter((use) => method.moves!(use, architecture, epoch)).map(({ name }) => name));
}

/** Whether a model came with these fields: a head that reads something else is another one. */
const isOwn = (config: ModelConfig, fields: Readonly<Record<string, unknown>>): boolean =>
  Object.entries(fields).every(([name, value]) => (config[name] ?? value) === value);

/** Tokens that an example takes at most under the task's settings; 1 for what is no text. */
export const tokensOf = ({ processor }: LoadedModel, task: RunSettings['task']): number =>
  processor.kind === 'text' ? Math.min(processor.maxLength, Number(task.maxLength)) : 1;

/**
 * First values of every weight of a plan, in memory's layout: the model's, a fresh head drawn from the seed where the
 * classes are new, and what the method added as its spec begins, where the file does not have it. From scratch, all of
 * them drawn. Throws `model-mismatch` naming the weight that the file lacks or holds in another shape.
 */
export function startingValues(model: LoadedModel, plan: Plan, seed: number): WeightValues {
  if (plan.start === 'scratch') return drawnValues(plan, seed);
  const values = new Map<string, Float32Array>();
  for (const [name, spec] of plan.profile.weights) {
    if (plan.head.has(name) && !plan.keepsHead) {
      values.set(name, headValues(spec.shape, initial(name, spec, seed)));
      continue;
    }
    const raw = model.file.get(name);
    if (!raw && !plan.base.profile.weights.has(name)) {
      values.set(name, initial(name, spec, seed));
      continue;
    }
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

/** As the architecture's source begins its training. */
function drawnValues({ config, profile: { weights } }: Plan, seed: number): WeightValues {
  const deviation = deviationOf(config);
  return new Map([...weights].map(([name, spec]) => [name, initial(name, spec, seed, deviation(name, spec))]));
}

/** A new head starts near zero: its first answers are even, and its first gradients do not shake the model. */
function headValues(shape: readonly number[], drawn: Float32Array): Float32Array {
  return shape.length > 1 ? drawn.map((value) => 0.1 * value) : drawn;
}

/** Bytes that the frozen prefix leaves for one example, in single precision or in half. */
export function cacheBytesPerExample({ architecture, profile: { stages }, boundary }: Plan, half = false): number {
  if (boundary === 0) return 0;
  const outputs = Object.assign({}, ...stages.slice(0, boundary).map((stage) => stage.output)) as Record<
    string,
    (typeof stages)[number]['output'][string]
  >;
  return liveAt(architecture, boundary).reduce((sum, name) => {
    const value = outputs[name];
    const bytes = half && value?.dtype === 'float32' ? 2 : 4;
    return sum + (value ? bytes * Number(product(value.shape)) : 0);
  }, 0);
}
