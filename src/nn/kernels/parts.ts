/** Pieces of work that share a dispatch: each takes as many workgroups as it has tiles. */
import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { TrainingBackend } from './backend.ts';
import { type BufferSpec, type KernelSource, reads, readsWeight, writes } from './kernel.ts';
import type { LiveUniform } from './uniforms.ts';

export type Bound = BufferSpec & { tensor: TensorInfo };
export const from = (name: string, tensor: TensorInfo): Bound => ({ ...reads(name), tensor });
export const fromWeight = (name: string, tensor: TensorInfo): Bound => ({ ...readsWeight(name), tensor });
export const into = (name: string, tensor: TensorInfo): Bound => ({ ...writes(name), tensor });

export interface Part {
  /** Goes into the kernel's key, with whatever the text depends on. */
  key: string;
  buffers: readonly Bound[];
  /** Functions by name; parts of one dispatch share those of the same name. Asked once a key. */
  functions: () => Readonly<Record<string, string>>;
  /** What the workgroup does that has this number among the part's. */
  run: (tile: string) => string;
  /** How many workgroups, as a number and as an expression of the uniforms. */
  groups: number;
  groupsOf: string;
}

export interface Shared {
  uniforms: readonly string[];
  values: readonly number[] | LiveUniform;
  threads: number;
  /** Workgroup memory and functions of all parts. */
  declarations: () => string;
}

/** Every buffer once; one that any part writes is bound for writing. */
function buffersOf(parts: readonly Part[]): Bound[] {
  const all = new Map<string, Bound>();
  for (const buffer of parts.flatMap(({ buffers }) => buffers))
    if (buffer.access === 'write' || !all.has(buffer.name)) all.set(buffer.name, buffer);
  return [...all.values()];
}

function sourceOf(parts: readonly Part[], { uniforms, threads, declarations }: Shared): KernelSource {
  const functions = Object.assign({}, ...parts.map((part) => part.functions())) as Record<string, string>;
  const branches = parts.map(
    ({ groupsOf, run }) => `{ let size = ${groupsOf}; if (tile >= 0 && tile < size) { ${run('tile')} } tile -= size; }`,
  );
  return {
    buffers: buffersOf(parts),
    uniforms,
    threads,
    declarations: [declarations(), ...Object.values(functions)].join('\n'),
    main: `var tile = group;\n${branches.join('\n')}`,
  };
}

/**
 * Runs independent parts in as few dispatches as the device's storage buffers a stage allow, in their order. `key` names
 * the kernel and whatever `shared` bakes into it.
 */
export function together(backend: TrainingBackend, key: string, parts: readonly Part[], shared: Shared): void {
  const most = backend.device.limits.maxStorageBuffersPerShaderStage;
  let next: Part[] = [];
  const dispatch = () => {
    if (next.length === 0) return;
    const joined = next;
    next = [];
    const groups = joined.reduce((sum, part) => sum + part.groups, 0);
    const tensors = buffersOf(joined).map(({ tensor }) => tensor);
    const name = `${key}/${joined.map((part) => part.key).join('+')}`;
    backend.dispatch(name, () => sourceOf(joined, shared), tensors, shared.values, groups);
  };
  for (const part of parts) {
    if (buffersOf([...next, part]).length > most) dispatch();
    next.push(part);
  }
  dispatch();
}

/**
 * Two products over the same tiles of the same result, of which the second adds to what the first left: one after the
 * other in one dispatch where they fit, each thread on entries of its own, else in two.
 */
export function inTurn(backend: TrainingBackend, first: Part, second: Part): { now: Part; after: Part | undefined } {
  if (buffersOf([first, second]).length > backend.device.limits.maxStorageBuffersPerShaderStage)
    return { now: first, after: second };
  const both: Part = {
    ...first,
    key: `${first.key}>${second.key}`,
    buffers: buffersOf([first, second]),
    functions: () => ({ ...first.functions(), ...second.functions() }),
    run: (tile) => `${first.run(tile)} ${second.run(tile)}`,
  };
  return { now: both, after: undefined };
}
