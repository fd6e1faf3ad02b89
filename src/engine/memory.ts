import { areHalves } from '../lib/half.ts';
import type { RawTensor, TensorFile } from '../lib/safetensors.ts';
import { blockBytes } from '../nn/kernels/arena.ts';
import { OPTIMIZERS } from '../nn/optimizers/index.ts';
import { isHeadWeight, sizeOf, weightUses } from '../nn/profile.ts';
import { regularised } from '../nn/regularise.ts';
import { answerBytes, type Interpreter, type StepOptions, trainingBytes } from '../nn/step-memory/index.ts';
import type { MethodPlan } from '../protocol/model.ts';
import type { OptimizerId, RunSettings } from '../protocol/run.ts';
import type { Plan } from './plan.ts';

/** Examples that are judged together at least. */
export const VALIDATION_BATCH = 16;

/**
 * Tensors of its size that there are at once while a weight is moved, beside it, its state and its gradient
 * (`src/nn/optimizers`, decay included; Adam's rule is one kernel). WebGPU moves weights where they lie.
 */
const UPDATE_PARTS: Record<OptimizerId, number> = { adamw: 3, adam: 3, sgd: 5, rmsprop: 12, lion: 13, muon: 15 };

type Parts = Pick<MethodPlan, 'memoryBytes' | 'gradientBytes' | 'optimizerBytes' | 'activationBytes'>;

/** What of a run's plan its memory depends on. */
type MemoryPlan = Pick<Plan, 'architecture' | 'profile' | 'trainable' | 'boundary'> & {
  base: Pick<Plan['base'], 'architecture'>;
};

/** What a run decides about its memory beside its plan. */
export type MemorySettings = Pick<
  RunSettings,
  | 'batchSize'
  | 'accumulate'
  | 'gradientCheckpointing'
  | 'optimizer'
  | 'batchNorm'
  | 'dropout'
  | 'stochasticDepth'
  | 'labelSmoothing'
  | 'clipNorm'
  | 'l2'
>;

const known = new WeakMap<TensorFile, ReadonlySet<string>>();

/** Weights of a file that lose nothing in half precision: matrices, tables and kernels whose every value is one. */
export function halfWeights(file: TensorFile): ReadonlySet<string> {
  const isHalf = ({ shape, data }: RawTensor) => shape.length > 1 && data instanceof Float32Array && areHalves(data);
  const names = known.get(file) ?? new Set([...file].filter(([, tensor]) => isHalf(tensor)).map(([name]) => name));
  known.set(file, names);
  return names;
}

/** The most that a run holds at once, and what for. `plan` is for texts of as many `tokens` as the longest batch has. */
export function memoryOf(
  plan: MemoryPlan,
  settings: MemorySettings,
  o: {
    tokens: number;
    cached: boolean;
    cacheBytes: number;
    interpreter: Interpreter;
    /** Weights that lie in half precision while nothing moves them. */
    halves?: ReadonlySet<string>;
  },
): Parts {
  const { trainable, boundary, profile } = plan;
  const halves = new Set([...(o.halves ?? [])].filter((name) => !trainable.has(name)));
  const size = (name: string) => 4 * sizeOf(profile.weights.get(name)!.shape);
  const sizes = [...trainable].map(size);
  const total = (bytes: Iterable<number>) => [...bytes].reduce((sum, one) => sum + one, 0);
  const weightBytes = total(
    [...profile.weights.keys()].map((name) => (halves.has(name) ? size(name) / 2 : size(name))),
  );
  const gradientBytes = total(sizes);
  const optimizerBytes = optimizerBytesOf(plan, settings.optimizer);
  const architecture = regularised(plan.architecture, plan.base.architecture, settings);
  // moved where they lie, with gradients and state beside them
  const arenas = o.interpreter === 'webgpu' && OPTIMIZERS[settings.optimizer].inPlace !== undefined;
  const step: StepOptions = {
    sizes: { B: settings.batchSize, T: o.tokens },
    trainable,
    boundary,
    cached: o.cached,
    batchStatistics: settings.batchNorm === 'batch',
    checkpointing: settings.gradientCheckpointing,
    smoothing: settings.labelSmoothing > 0,
    interpreter: o.interpreter,
    arenas,
  };
  const judged = { ...step.sizes, B: Math.max(VALIDATION_BATCH, settings.batchSize) };
  // gradients of the batches before are there while the next one's are made
  const summed = settings.accumulate > 1 ? gradientBytes : 0;
  const copies = arenas
    ? 0
    : UPDATE_PARTS[settings.optimizer] + (settings.clipNorm > 0 ? 1 : 0) + (settings.l2 > 0 ? 2 : 0);
  const update = gradientBytes + copies * Math.max(0, ...sizes);
  // each weight, its gradient and its slots begin on a block of their own
  const spareBytes = arenas
    ? (2 + optimizerBytes / Math.max(1, gradientBytes)) * total(sizes.map((bytes) => blockBytes(bytes) - bytes))
    : 0;
  const working = Math.max(
    trainingBytes(architecture, profile, step) + summed,
    update,
    answerBytes(architecture, profile, { ...step, sizes: judged }) + (arenas ? gradientBytes : 0),
  );
  return {
    memoryBytes: weightBytes + optimizerBytes + o.cacheBytes + Math.max(working, gradientBytes) + spareBytes,
    gradientBytes,
    optimizerBytes,
    activationBytes: Math.max(0, working - gradientBytes),
  };
}

function optimizerBytesOf({ architecture, profile, trainable }: MemoryPlan, id: OptimizerId): number {
  const optimizer = OPTIMIZERS[id];
  return weightUses(profile)
    .filter(({ name }) => trainable.has(name))
    .reduce((sum, use) => {
      const slots = optimizer.slots({ spec: use.spec, head: isHeadWeight(use, architecture) });
      return sum + 4 * sizeOf(use.spec.shape) * slots.length;
    }, 0);
}
