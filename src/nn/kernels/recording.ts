/** Work for the device, written down as it is asked for the first time, so that it can be asked for again without what led to it. */
import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { Kernel } from './kernel.ts';
import { bindingOf, type Place, type TensorData } from './opened.ts';
import type { PlaceUniform } from './uniforms.ts';

export type Dispatches = readonly [x: number, y: number, z: number];

/** What is bound; of an input, whose memory differs from time to time, its index. */
export type Bound = GPUBufferBinding | number;

export type Command =
  | { kind: 'dispatch'; kernel: Kernel; groups: Dispatches; group: GPUBindGroup }
  /** Reads an input: its bind group depends on where that lies. */
  | { kind: 'dispatch'; kernel: Kernel; groups: Dispatches; bound: readonly Bound[] }
  | { kind: 'copy'; from: Bound; to: Bound; bytes: number };

/** What a result is made of. */
export type Result =
  | { kind: 'pooled'; buffer: GPUBuffer; shape: readonly number[]; dtype: 'float32' | 'int32' }
  | { kind: 'placed'; place: Place; shape: readonly number[] }
  /** The memory of an earlier result. */
  | { kind: 'same'; as: number; shape: readonly number[] };

/**
 * Commands, and what has to be as it was for them to be right: the memory they work in is free, and whatever they read that
 * was there before lies where it lay.
 */
export interface Recording {
  commands: readonly Command[];
  /** Of the pool, in which everything in between lies. */
  memory: ReadonlySet<GPUBuffer>;
  /** By the data of tensors that were there before. */
  lasting: ReadonlyMap<object, Place>;
  /** By the data of weights, where their gradients go. */
  gradients: ReadonlyMap<object, Place>;
  /** Uniforms that hold a seed, which each time is another, with their numbers: other shapes have others there. */
  seeded: ReadonlyMap<PlaceUniform, readonly number[]>;
  results: readonly (Result | undefined)[];
  /** Of the pool's at most, beyond those at the beginning. */
  peakBytes: number;
}

const placeOf = ({ resource, offset = 0 }: TensorData): Place => ({ buffer: resource!, offset });

/** Listens to a backend while it works. */
export class Recorder {
  /** Why this cannot be done again by commands alone. */
  spoiled: string | undefined;
  private readonly commands: Command[] = [];
  private readonly memory = new Set<GPUBuffer>();
  private readonly lasting = new Map<object, Place>();
  private readonly gradients = new Map<object, Place>();
  /** Offsets of gradients, by their buffer. */
  private readonly offsets = new Map<GPUBuffer, Set<number>>();
  private readonly seeded = new Map<PlaceUniform, readonly number[]>();
  private readonly inputs: ReadonlyMap<object, number>;

  constructor(inputs: readonly TensorInfo[]) {
    this.inputs = new Map(inputs.map(({ dataId }, i) => [dataId, i]));
  }

  /** Says that something was done which is not a command. */
  spoil(why: string): void {
    this.spoiled ??= why;
  }

  acquired(buffer: GPUBuffer): void {
    this.memory.add(buffer);
  }

  gradient(weight: object, place: Place): void {
    this.gradients.set(weight, place);
    const offsets = this.offsets.get(place.buffer) ?? new Set();
    this.offsets.set(place.buffer, offsets.add(place.offset));
  }

  private isGradient({ resource, offset = 0 }: TensorData): boolean {
    return this.offsets.get(resource!)?.has(offset) ?? false;
  }

  private bound(dataId: object, data: TensorData): Bound {
    const input = this.inputs.get(dataId);
    if (input !== undefined) return input;
    if (!this.memory.has(data.resource!) && !this.isGradient(data)) this.lasting.set(dataId, placeOf(data));
    return bindingOf(data);
  }

  dispatch(
    kernel: Kernel,
    group: GPUBindGroup,
    groups: Dispatches,
    tensors: readonly (readonly [dataId: object, data: TensorData])[],
    uniform: GPUBuffer,
  ): void {
    const bound = tensors.map(([dataId, data]) => this.bound(dataId, data));
    const moves = bound.some((one) => typeof one === 'number');
    this.commands.push({
      kind: 'dispatch',
      kernel,
      groups,
      ...(moves ? { bound: [...bound, { buffer: uniform }] } : { group }),
    });
  }

  seed(uniform: PlaceUniform): void {
    const before = this.seeded.get(uniform);
    if (before && before.join() !== uniform.values.join()) this.spoil('a place with two sets of numbers');
    this.seeded.set(uniform, uniform.values);
  }

  copy(from: readonly [object, TensorData], to: readonly [object, TensorData], bytes: number): void {
    this.commands.push({ kind: 'copy', from: this.bound(...from), to: this.bound(...to), bytes });
  }

  /** What was written down, where it can be done again. `dataOf` gives what the backend keeps of a tensor. */
  finish(
    results: readonly (TensorInfo | undefined)[],
    dataOf: (dataId: object) => TensorData,
    peakBytes: number,
  ): Recording | undefined {
    const first = new Map<object, number>();
    const described = results.map((tensor, i): Result | undefined => {
      if (!tensor) return undefined;
      const { dataId, shape } = tensor;
      const as = first.get(dataId);
      if (as !== undefined) return { kind: 'same', as, shape };
      first.set(dataId, i);
      const data = dataOf(dataId);
      const { resource, external } = data;
      if (this.isGradient(data)) return { kind: 'placed', place: placeOf(data), shape };
      if (external || !resource || !this.memory.has(resource) || (data.dtype !== 'float32' && data.dtype !== 'int32')) {
        this.spoil('a result that was there before');
        return undefined;
      }
      return { kind: 'pooled', buffer: resource, shape, dtype: data.dtype };
    });
    if (this.spoiled) return undefined;
    const { commands, memory, lasting, gradients, seeded } = this;
    return { commands, memory, lasting, gradients, seeded, results: described, peakBytes };
  }
}
