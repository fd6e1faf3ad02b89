/** A learner of a small random model with any method, and a batch that it can learn: what a step is measured on. */
import { packHalves, unpackHalves } from '../../lib/half.ts';
import { uniform } from '../../lib/random.ts';
import { CLASSES, tinyModel } from '../../methods/testing.ts';
import type { ArchitectureId } from '../../models/metas.ts';
import type { Batch } from '../../nn/batch.ts';
import { labelTargets } from '../../nn/classification.ts';
import type { Architecture } from '../../nn/core.ts';
import type { ArrayInput } from '../../nn/input.ts';
import { fromDisk } from '../../nn/layout.ts';
import { Learner, type TrainingBatch } from '../../nn/learner.ts';
import { OPTIMIZERS } from '../../nn/optimizers/index.ts';
import { sizeOf } from '../../nn/profile.ts';
import { regularised } from '../../nn/regularise.ts';
import { initial } from '../../nn/weights.ts';
import { type Plan, planRun } from '../plan.ts';
import { taskOf } from '../tasks.ts';

export const SIZES = { B: 24, T: 40 };

export interface TinyCase {
  id: ArchitectureId;
  method: { id: string; options: Readonly<Record<string, number | string | boolean>> };
  checkpointing?: boolean;
  dropout?: number;
  batchStatistics?: boolean;
  /** The weights are halves, as a file in half precision gives them. */
  halves?: boolean;
}

/** To the nearest half. */
function rounded(values: Float32Array): Float32Array {
  const halves = new Float32Array(values.length);
  unpackHalves(packHalves(values, values.length), values.length, halves);
  return halves;
}

export interface Tiny {
  plan: Plan;
  /** With what drops. */
  architecture: Architecture;
  learner: Learner;
}

export function tinyLearner({ id, method, ...o }: TinyCase): Tiny {
  const model = tinyModel(id);
  const plan = planRun(model, CLASSES, { method, task: { maxLength: SIZES.T } });
  const architecture = regularised(plan.architecture, plan.base.architecture, {
    dropout: o.dropout ?? 0,
    stochasticDepth: 0,
  });
  const values = [...plan.profile.weights].map(([name, spec]) => {
    const raw = model.file.get(name);
    const value = (raw && fromDisk(raw, spec)) ?? initial(name, spec, 3);
    return [name, o.halves ? rounded(value) : value] as const;
  });
  const learner = new Learner({
    architecture,
    values: new Map(values),
    trainable: plan.trainable,
    optimizer: OPTIMIZERS.adamw,
    objective: taskOf(id).objective,
    seed: 1,
    batchStatistics: o.batchStatistics ?? false,
    clipNorm: 0,
    checkpointing: o.checkpointing ?? false,
  });
  return { plan, architecture, learner };
}

export const tinyExamples = (architecture: Architecture, seed: number) =>
  examplesOf(architecture, seed, SIZES, CLASSES.length);

/** A batch of what an architecture takes, drawn from a seed. */
export function examplesOf(
  { inputs, perToken, vocab }: Architecture,
  seed: number,
  sizes: { B: number; T: number },
  classes: number,
): TrainingBatch & { input: ArrayInput } {
  const next = uniform(seed);
  const below = (bound: number) => Math.floor(next() * bound);
  const fillings: Record<string, () => number> = { ids: () => below(60), mask: () => 1, types: () => 0 };
  const input = Object.entries(inputs).map(([name, { shape: dims, dtype }]) => {
    const shape = dims.map((dim) => (typeof dim === 'string' ? sizes[dim as 'B' | 'T'] : dim));
    const numbers = Array.from({ length: sizeOf(shape) }, fillings[name] ?? next);
    const data = dtype === 'int32' ? Int32Array.from(numbers) : Float32Array.from(numbers);
    return [name, { data, shape, dtype }] as const;
  });
  const tokens = sizes.B * sizes.T;
  const shape = [sizes.B, sizes.T];
  const labels = Array.from({ length: sizes.B }, () => below(classes));
  const targets: Batch = perToken
    ? {
        next: { data: Int32Array.from({ length: tokens }, () => below(vocab!)), shape, dtype: 'int32' },
        weights: { data: new Float32Array(tokens).fill(1), shape, dtype: 'float32' },
        total: { data: Float32Array.of(tokens), shape: [], dtype: 'float32' },
      }
    : labelTargets(labels, { classes, smoothing: 0 }).batch;
  return { input: { kind: 'arrays', batch: Object.fromEntries(input) }, targets, count: perToken ? tokens : sizes.B };
}
