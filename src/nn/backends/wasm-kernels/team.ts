/**
 * Threads that share the heap and help with a kernel's tasks. TensorFlow.js's own pool serves XNNPACK alone and its threads
 * spin for milliseconds after each operation, which on two cores takes one of them away from everything else.
 */
import { nameIndex, perform, performAt, type Task } from './routines.ts';
import type { Place, Site } from './site.ts';

/** States of a helper. */
const IDLE = 0;
const CALLED = 1;
const RUNNING = 2;
const FAILED = 3;
/** Places of the control block: the next task, how many there are, and each helper's state from HELPERS on. */
const NEXT = 0;
const COUNT = 1;
const HELPERS = 2;
/** Most tasks of one call, and numbers of a task: what it is, how many arguments, the arguments. */
const TASKS = 512;
const NUMBERS = 26;
/**
 * How often a state is looked at before the thread sleeps: some two hundred microseconds, longer than most gaps between the
 * kernels of a step. Who sleeps comes some forty late, and calling it takes time from the thread that computes.
 */
const SPINS = 100_000;

/** What threads share beside the heap. */
export interface Shared {
  control: Int32Array;
  table: Float64Array;
  /** Address of scratch memory, and bytes for each thread. */
  scratch: Float64Array;
}

export const shareAmong = (helpers: number): Shared => ({
  control: new Int32Array(new SharedArrayBuffer(4 * (HELPERS + helpers))),
  table: new Float64Array(new SharedArrayBuffer(8 * TASKS * NUMBERS)),
  scratch: new Float64Array(new SharedArrayBuffer(16)),
});

/** Does tasks until none is left. */
function work({ control, table }: Shared, site: Site): void {
  for (;;) {
    const task = Atomics.add(control, NEXT, 1);
    if (task >= Atomics.load(control, COUNT)) return;
    const at = task * NUMBERS;
    performAt(site, table[at]!, Array.from(table.subarray(at + 2, at + 2 + table[at + 1]!)));
  }
}

/** What a helper does for the rest of its life. */
export function serve(shared: Shared, helper: number, place: Place): never {
  const { control, scratch } = shared;
  const state = HELPERS + helper;
  for (;;) {
    for (let i = 0; i < SPINS && Atomics.load(control, state) !== CALLED; i++);
    Atomics.wait(control, state, IDLE);
    if (Atomics.compareExchange(control, state, CALLED, RUNNING) !== CALLED) continue;
    let next: number = IDLE;
    try {
      work(shared, { ...place, scratch: scratch[0]! + (helper + 1) * scratch[1]! });
    } catch {
      next = FAILED;
    }
    Atomics.store(control, state, next);
    Atomics.notify(control, state);
  }
}

/** Waits until a helper has done its part. A page's own thread may not sleep: it looks again and again. */
function join(control: Int32Array, state: number): void {
  for (let i = 0; ; i++) {
    const now = Atomics.load(control, state);
    if (now === FAILED) {
      Atomics.store(control, state, IDLE);
      throw new Error('A thread of the WebAssembly backend failed.');
    }
    if (now !== RUNNING) return;
    if (i > SPINS && typeof window === 'undefined') Atomics.wait(control, state, RUNNING);
  }
}

/** The thread that computes, with its helpers. */
export class Team {
  readonly threads: number;
  private readonly place: Place;
  private readonly shared: Shared | undefined;

  constructor(place: Place, helpers = 0, shared?: Shared) {
    this.place = place;
    this.threads = 1 + helpers;
    this.shared = shared;
  }

  /** Does tasks that do not depend on each other, on all threads; `bytes` of memory at `scratch` for each. */
  run(tasks: readonly Task[], scratch: number, bytes: number): void {
    if (!this.shared || tasks.length < 2) {
      for (const task of tasks) perform({ ...this.place, scratch }, task);
      return;
    }
    for (let i = 0; i < tasks.length; i += TASKS) this.call(this.shared, tasks.slice(i, i + TASKS), scratch, bytes);
  }

  private call(shared: Shared, tasks: readonly Task[], scratch: number, bytes: number): void {
    const { control, table } = shared;
    for (const [i, [name, args]] of tasks.entries()) {
      table[i * NUMBERS] = nameIndex(this.place.loops, name);
      table[i * NUMBERS + 1] = args.length;
      table.set(args, i * NUMBERS + 2);
    }
    shared.scratch.set([scratch, bytes]);
    Atomics.store(control, COUNT, tasks.length);
    Atomics.store(control, NEXT, 0);
    const states = Array.from({ length: Math.min(this.threads, tasks.length) - 1 }, (_, i) => HELPERS + i);
    for (const state of states) {
      Atomics.store(control, state, CALLED);
      Atomics.notify(control, state);
    }
    work(shared, { ...this.place, scratch });
    // who has not come yet need not come
    for (const state of states)
      if (Atomics.compareExchange(control, state, CALLED, IDLE) !== CALLED) join(control, state);
  }
}
