import type { MethodEngine } from '../methods/engine.ts';
import { METHOD_ENGINES } from '../methods/engines.ts';
import { METHOD_METAS } from '../methods/metas.ts';
import { kindOf, placesOf, sizeOfModule } from '../methods/seams.ts';
import type { Architecture } from '../nn/core.ts';
import { sizeOf } from '../nn/profile.ts';
import type { Interpreter } from '../nn/step-memory/index.ts';
import type { Lean } from '../protocol/lean.ts';
import type { MethodPlan, ModuleSummary, PlanSummary, StageSummary } from '../protocol/model.ts';
import { defaultsOf } from '../protocol/options.ts';
import { type Problem, ProblemError } from '../protocol/problems.ts';
import type { RunSettings } from '../protocol/run.ts';
import { tightness } from './lean.ts';
import { atLength, type Lengths } from './lengths.ts';
import { halfWeights, memoryOf } from './memory.ts';
import type { LoadedModel } from './model.ts';
import { DEVICE_BUDGET } from './place.ts';
import { cacheBytesPerExample, type Plan, planRun, tokensOf } from './plan.ts';
import { withRoom } from './room.ts';
import { cachedRows } from './views.ts';

export const stepsPerEpoch = (examples: number, batchSize: number): number => Math.ceil(examples / batchSize);

/**
 * Every method on this model and data, the chosen one with the chosen options; those that do not fit say why. `learned`:
 * examples of an epoch, where these are not all that there are to train on; `lengths`: of texts, where they are known: else
 * each counts as the longest that may be. Memory is what a run takes on
 * `device`, with its frozen weights in half precision where it has them so.
 */
export function summarisePlans(
  model: LoadedModel,
  classes: readonly string[],
  settings: RunSettings,
  examples: { train: number; validation: number; learned?: number | undefined },
  lengths?: Lengths,
  device: { interpreter: Interpreter; roomBytes: number; halves?: boolean } = {
    interpreter: 'wasm',
    roomBytes: Number.POSITIVE_INFINITY,
  },
): PlanSummary {
  const rows = cachedRows(settings, examples);
  const halves = device.halves ? halfWeights(model.file) : new Set<string>();
  const most = ({ method }: Plan) => tokensOf(withRoom(model, method), settings.task);
  const planned = Object.values(METHOD_METAS).map(({ id, options: specs }) => {
    const options = id === settings.method.id ? settings.method.options : defaultsOf(specs);
    return { id, made: attempt(() => planRun(model, classes, { method: { id, options }, task: settings.task })) };
  });
  const fitting = planned.flatMap(({ id, made }) => ('plan' in made ? [{ id, plan: made.plan }] : []));
  // where the chosen method does not fit, the model is shown as it is
  const shown = fitting.find(({ id }) => id === settings.method.id)?.plan;
  const whole = shown ?? planRun(model, classes, { method: { id: 'full', options: {} }, task: settings.task });
  const planOf = (id: string, plan: Plan, lean: Lean = settings) =>
    methodPlan(
      id,
      plan,
      { ...settings, ...lean },
      { rows, lengths, most: most(plan), interpreter: device.interpreter, halves },
    );
  const tight =
    shown &&
    tightness(settings, device.roomBytes, (lean) => {
      const { memoryBytes, cacheBytes } = planOf(settings.method.id, shown, lean);
      // more than may be kept there is kept on the disk
      return memoryBytes - (cacheBytes > DEVICE_BUDGET ? cacheBytes : 0);
    });
  return {
    stages: stagesOf(lengths ? atLength(whole, lengths.padded) : whole, shown?.trainable ?? new Set()),
    modules: modulesFor(whole.base.architecture),
    plans: fitting.map(({ id, plan }) => planOf(id, plan)),
    unfit: planned.flatMap(({ id, made }) => ('problem' in made ? [{ method: id, problem: made.problem }] : [])),
    stepsPerEpoch: stepsPerEpoch(examples.learned ?? examples.train, settings.batchSize * settings.accumulate),
    ...(tight ? { tight } : {}),
  };
}

function attempt(make: () => Plan): { plan: Plan } | { problem: Problem } {
  try {
    return { plan: make() };
  } catch (error) {
    if (error instanceof ProblemError) return { problem: error.problem };
    throw error;
  }
}

function stagesOf({ profile: { stages, weights } }: Plan, trainable: ReadonlySet<string>): StageSummary[] {
  const count = (names: readonly string[]) => names.reduce((sum, name) => sum + sizeOf(weights.get(name)!.shape), 0);
  return stages.map(({ name, flops, activationBytes, weights: read }) => ({
    name,
    flops,
    activationBytes,
    parameters: count(read.filter((weight) => weights.get(weight)!.role !== 'stat')),
    trainable: count(read.filter((weight) => trainable.has(weight))),
  }));
}

/** The layers that methods can be put on, counted by kind. */
function modulesFor(architecture: Architecture): ModuleSummary[] {
  const engines: readonly (readonly [string, MethodEngine])[] = Object.entries(METHOD_ENGINES);
  const begins = engines.map(([id, { modules }]) => ({ id, kinds: modules?.(architecture) ?? [] }));
  const places = placesOf(architecture);
  return [...new Set(places.map(kindOf))].map((name) => {
    const same = places.filter((place) => kindOf(place) === name);
    return {
      name,
      count: same.length,
      parameters: same.reduce((sum, place) => sum + sizeOfModule(place), 0),
      chosenBy: begins.filter(({ kinds }) => kinds.includes(name)).map(({ id }) => id),
    };
  });
}

function methodPlan(
  method: string,
  plan: Plan,
  settings: RunSettings,
  o: {
    rows: number;
    lengths: Lengths | undefined;
    most: number;
    interpreter: Interpreter;
    halves: ReadonlySet<string>;
  },
): MethodPlan {
  const { lengths } = o;
  const { profile: shape, trainable, boundary } = plan;
  const at = (tokens: number | undefined): Plan => (tokens === undefined ? plan : atLength(plan, tokens));
  const [largest, usual] = [at(lengths?.longest), at(lengths?.padded)];
  const count = (names: Iterable<string>) =>
    [...names].reduce((sum, name) => sum + sizeOf(shape.weights.get(name)!.shape), 0);
  const total = count([...shape.weights].filter(([, spec]) => spec.role !== 'stat').map(([name]) => name));
  const learns = count(trainable);
  const last = shape.stages.length;
  const sum = ({ profile }: Plan, from: number, to: number, of: 'flops' | 'backwardFlops') =>
    profile.stages.slice(from, to).reduce((n, stage) => n + stage[of], 0);
  const caches = settings.cachePrefix && boundary > 0;
  const cacheBytes = caches ? cacheBytesPerExample(at(lengths?.mean), settings.halfPrecisionCache) * o.rows : 0;
  const forward = sum(usual, caches ? boundary : 0, last, 'flops');
  return {
    method,
    trainable: learns,
    total,
    frozenStages: boundary,
    ...memoryOf(largest, settings, {
      tokens: lengths?.longest ?? o.most,
      cached: caches,
      cacheBytes,
      interpreter: o.interpreter,
      halves: o.halves,
    }),
    stepFlops: settings.batchSize * (forward + sum(usual, boundary, last, 'backwardFlops')),
    cacheBytes,
  };
}
