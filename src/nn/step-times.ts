/** What each kernel or operation of a step takes, while somebody asks. */
import * as tf from '@tensorflow/tfjs-core';
import { sum } from '../lib/arrays.ts';
import type { KernelClock } from '../protocol/step-profile.ts';
import { type TrainingBackend, trainingBackend } from './kernels/backend.ts';
import { Timings } from './kernels/timings.ts';

export interface OperationTime {
  kernel: string;
  count: number;
  /** Undefined where nothing times it. */
  ms: number | undefined;
}
export interface StepTimes {
  clock: KernelClock;
  operations: OperationTime[];
}

/** What TensorFlow.js's own programs are called together: their names do not survive a build. */
const STOCK = 'TensorFlow.js';

/**
 * Looks on from now until what it gives is called, which is done in the same turn as the step; that resolves when the
 * device has come so far. The step computes the same, and is slower.
 */
export function timeOperations(): () => Promise<StepTimes> {
  const backend = trainingBackend();
  return backend ? onDevice(backend) : onProcessor();
}

/** Of all operations together. */
export const summedMs = ({ operations }: StepTimes): number => sum(operations.map(({ ms = 0 }) => ms));

class Sums {
  private readonly found = new Map<string, OperationTime>();

  add(kernel: string, count: number, ms: number | undefined): void {
    const before = this.found.get(kernel);
    const both = before?.ms === undefined ? ms : before.ms + (ms ?? 0);
    this.found.set(kernel, { kernel, count: (before?.count ?? 0) + count, ms: both });
  }
  get operations(): OperationTime[] {
    return [...this.found.values()].sort((a, b) => (b.ms ?? b.count) - (a.ms ?? a.count));
  }
}

/** The backend's own way of timing its programs, which is private in its types. */
interface OwnTimers {
  activeTimers: { query: Promise<number> }[] | undefined;
}

function onDevice(backend: TrainingBackend): () => Promise<StepTimes> {
  const sums = new Sums();
  const timings = Timings.has(backend.device) ? new Timings(backend.device) : undefined;
  const stock = backend as unknown as OwnTimers;
  const timers: OwnTimers['activeTimers'] = [];
  backend.timings = timings;
  backend.onDispatch = (kernel) => sums.add(kernel, 1, timings && 0);
  stock.activeTimers = timers;
  return async () => {
    backend.timings = undefined;
    backend.onDispatch = undefined;
    stock.activeTimers = undefined;
    backend.flush();
    const [ours, theirs] = await Promise.all([timings?.read() ?? [], Promise.all(timers.map(({ query }) => query))]);
    for (const { kernel, ms } of ours) sums.add(kernel, 0, ms);
    for (const ms of theirs) sums.add(STOCK, 1, timings && ms);
    return { clock: timings ? 'device' : 'none', operations: sums.operations };
  };
}

/** Operations are done when they return: each takes what passes meanwhile, without those that it calls itself. */
function onProcessor(): () => Promise<StepTimes> {
  const sums = new Sums();
  const engine = tf.engine() as unknown as { runKernel?: (kernel: string, ...rest: unknown[]) => unknown };
  const plain = engine.runKernel!;
  let within = 0;
  engine.runKernel = (kernel, ...rest) => {
    const before = within;
    within = 0;
    const began = performance.now();
    try {
      return plain.call(engine, kernel, ...rest);
    } finally {
      const ms = performance.now() - began;
      sums.add(kernel, 1, ms - within);
      within = before + ms;
    }
  };
  return async () => {
    // the class's own is behind it
    delete engine.runKernel;
    return { clock: 'processor', operations: sums.operations };
  };
}
