/**
 * SIMD loops beside TensorFlow.js's own WebAssembly, on the same memory: its module is used as shipped and has neither
 * fast transposed products nor sums along columns nor most gradients of convolutions.
 */
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import { withScratch } from '../heap.ts';
import type { Task } from '../routines.ts';
import { type Place, placeOn } from '../site.ts';
import { Team } from '../team.ts';
import { fusesMulAdd } from './assembler.ts';
import { compileLoops, type SimdLoops } from './loops.ts';

/** What the Emscripten module exposes beyond its types: its exports, and its memory where threads share it. */
interface Internals {
  asm?: Record<string, unknown>;
  wasmMemory?: WebAssembly.Memory;
}

interface Loaded {
  place: Place;
  team: Team;
}
const loaded = new WeakMap<object, Loaded>();

export function memoryOf(backend: BackendWasm): WebAssembly.Memory {
  const internals = backend.wasm as unknown as Internals;
  const memory =
    internals.wasmMemory ?? Object.values(internals.asm ?? {}).find((value) => value instanceof WebAssembly.Memory);
  if (!(memory instanceof WebAssembly.Memory)) throw new Error('The WebAssembly backend shows no memory to share.');
  return memory;
}

function load(backend: BackendWasm): Loaded {
  const known = loaded.get(backend);
  if (known) return known;
  const memory = memoryOf(backend);
  const place = placeOn(compileLoops(memory), memory);
  const made = { place, team: new Team(place) };
  loaded.set(backend, made);
  return made;
}

/** The loops over this backend's memory, compiled at the first call. */
export const placeOf = (backend: BackendWasm): Place => load(backend).place;
export const simdLoops = (backend: BackendWasm): SimdLoops => placeOf(backend).loops;

/** Gives the backend threads that help; see `hireHelpers`. */
export const setTeam = (backend: BackendWasm, place: Place, team: Team): void => {
  loaded.set(backend, { place, team });
};

export const threadsOf = (backend: BackendWasm): number => load(backend).team.threads;

/** Whether XNNPACK's products, on one thread and with two instructions for each multiply-add, are the faster ones. */
export const leavesProducts = (backend: BackendWasm): boolean => threadsOf(backend) === 1 && !fusesMulAdd;

/** Does tasks that do not depend on each other, on all threads, with `scratchBytes` of memory for each thread. */
export function runTasks(backend: BackendWasm, tasks: readonly Task[], scratchBytes = 0): void {
  const { team } = load(backend);
  if (scratchBytes === 0) {
    team.run(tasks, 0, 0);
    return;
  }
  withScratch(backend, scratchBytes * team.threads, (scratch) => team.run(tasks, scratch, scratchBytes));
}

/** [0, count) in at most `parts` ranges of whole multiples of `granule` (the last may have less): first, and how many. */
export function ranges(count: number, parts: number, granule = 1): [number, number][] {
  const step = granule * Math.max(1, Math.ceil(count / granule / Math.max(1, parts)));
  return Array.from({ length: Math.ceil(count / step) }, (_, i) => [i * step, Math.min(step, count - i * step)]);
}

/** Elements that are worth a task of their own: some ten microseconds. */
const WORTH = 16 * 1024;

/** Ranges of `count` things of `size` elements each, such that every thread has some, but none too few. */
export const shares = (backend: BackendWasm, count: number, size = 1): [number, number][] =>
  ranges(count, Math.min(2 * threadsOf(backend), Math.floor((count * size) / WORTH)));
