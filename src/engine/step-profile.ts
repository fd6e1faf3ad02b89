import { groupOf } from '../nn/kernels/groups.ts';
import { sizeOf } from '../nn/profile.ts';
import { type StepFlops, stepFlops } from '../nn/step-flops.ts';
import { type StepTimes, summedMs } from '../nn/step-times.ts';
import type { BackendInfo } from '../protocol/backend.ts';
import { type KernelShare, quickerHalf, type StepProfile } from '../protocol/step-profile.ts';
import type { Fed } from './feed.ts';
import type { Measured, StepDone } from './step-profiler.ts';

/** A batch's own sizes. */
interface BatchSizes {
  /** Rows. */
  B: number;
  /** Places of each, padding included; undefined where a row is no text. */
  T: number | undefined;
}

/** What was measured, as the page is told of it. `beside`: bytes on the device that are none of the run's. */
export function stepProfileOf(
  measured: Measured,
  backend: BackendInfo,
  beside: number,
): Omit<StepProfile, 'run' | 'inPlace'> {
  const { last, times, plain, stepMs, batchMs, javascriptMs, peak } = measured;
  const sizes = last.fed.map((fed, i) => batchSizes(fed, last.ids[i]!, last));
  const { name, adapter, fallback, threads } = backend;
  return {
    backend: { name, adapter, software: fallback, threads },
    steps: { plain, timed: times.length },
    examples: last.ids.reduce((sum, { length }) => sum + length, 0),
    tokens: sizes.some(({ T }) => T !== undefined) ? sizes.reduce((sum, { B, T = 0 }) => sum + B * T, 0) : undefined,
    stepMs,
    batchMs,
    javascriptMs,
    clock: times[0]!.clock,
    kernels: kernelsOf(times),
    flops: flopsOf(last, sizes),
    uncounted: last.learner.terms.length > 0,
    peak,
    bytes: bytesOf(measured, beside),
  };
}

/**
 * Means of one step, by what a kernel's key begins with: `linear.backward`. Of the quicker half of the steps: what else the
 * machine does makes a step longer, never shorter.
 */
function kernelsOf(all: readonly StepTimes[]): KernelShare[] {
  const times = [...all].sort((a, b) => summedMs(a) - summedMs(b)).slice(0, quickerHalf(all.length));
  const found = new Map<string, KernelShare>();
  for (const { kernel: key, count, ms } of times.flatMap(({ operations }) => operations)) {
    const kernel = key.split('/')[0]!;
    const before = found.get(kernel);
    found.set(kernel, {
      kernel,
      group: groupOf(kernel) ?? 'other',
      count: (before?.count ?? 0) + count / times.length,
      ms: ms === undefined ? undefined : (before?.ms ?? 0) + ms / times.length,
    });
  }
  return [...found.values()].sort((a, b) => (b.ms ?? b.count) - (a.ms ?? a.count));
}

/** Texts are in a batch as ids [B, T]; what is cached of them is padded as their batch would be. */
function batchSizes({ input }: Fed, ids: readonly number[], { source }: StepDone): BatchSizes {
  if (input.kind === 'cached') {
    const { length, ragged } = source;
    const longest = length && Math.max(...ids.map((id) => length(id)));
    return { B: input.rows.length, T: longest && (ragged?.padded(longest) ?? longest) };
  }
  const values = Object.values(input.batch).filter((value) => typeof value !== 'function');
  const text = values.find(({ dtype, shape }) => dtype === 'int32' && shape.length === 2);
  return { B: values[0]?.shape[0] ?? ids.length, T: text?.shape[1] };
}

function flopsOf({ learner, fed }: StepDone, sizes: readonly BatchSizes[]): StepFlops {
  const trainable = new Set(learner.trainable);
  const { architecture } = learner.network;
  const sum = { forward: 0, backward: 0 };
  for (const [i, { B, T = 1 }] of sizes.entries()) {
    const { input } = fed[i]!;
    const { forward, backward } = stepFlops(
      architecture,
      { B, T },
      trainable,
      input.kind === 'cached' ? input.cache.boundary : 0,
    );
    sum.forward += forward;
    sum.backward += backward;
  }
  return sum;
}

function bytesOf({ last, ...measured }: Measured, beside: number): StepProfile['bytes'] {
  const { learner, fed } = last;
  const { weights } = learner.network.profile;
  const [first] = fed;
  return {
    weights: 4 * [...weights.values()].reduce((sum, { shape }) => sum + sizeOf(shape), 0),
    gradients: measured.gradientBytes,
    optimizer: measured.optimizerBytes,
    cache: first?.input.kind === 'cached' && first.input.cache.place === 'device' ? first.input.cache.bytes : 0,
    peak: measured.peakBytes - beside,
    batch: fed.reduce((sum, one) => sum + handedBytes(one), 0),
  };
}

/** Of the arrays; of what lies on the device already, an index of four bytes a row. */
function handedBytes({ input, targets }: Fed): number {
  const arrays = (values: readonly { data: ArrayBufferView }[]) =>
    values.reduce((sum, { data }) => sum + data.byteLength, 0);
  const own = arrays(Object.values(targets));
  if (input.kind === 'cached') return own + input.rows.byteLength;
  const values = Object.values(input.batch);
  const there = values.filter((value) => typeof value === 'function').length;
  const rows = Object.values(targets)[0]?.shape[0] ?? 0;
  return own + arrays(values.filter((value) => typeof value !== 'function')) + 4 * rows * there;
}
