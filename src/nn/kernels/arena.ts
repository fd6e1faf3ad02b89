/** Weights side by side in one buffer, and more buffers of the same layout for what goes with them. */

import type * as tf from '@tensorflow/tfjs-core';
import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { TrainingBackend } from './backend.ts';
import { THREADS } from './kernel.ts';
import type { Place } from './opened.ts';

/**
 * Bytes that a workgroup of kernels over an arena takes, four entries a thread: a multiple of `ALIGNMENT`. Every weight
 * begins anew on a block.
 */
const BLOCK = 4 * 4 * THREADS;

const blocksOf = (entries: number): number => Math.ceil((4 * entries) / BLOCK);
/** What so many bytes of a weight take there. */
export const blockBytes = (bytes: number): number => BLOCK * blocksOf(bytes / 4);

/** A weight's place in an arena. */
export interface Segment {
  name: string;
  weight: tf.Variable;
  /** In blocks. */
  first: number;
  blocks: number;
}

/** Weights as segments of arenas, each no larger than what can be bound. */
export function layOut(
  weights: ReadonlyMap<string, tf.Variable>,
  { maxStorageBufferBindingSize, maxBufferSize }: GPUSupportedLimits,
): Segment[][] {
  const most = Math.floor(Math.min(maxStorageBufferBindingSize, maxBufferSize) / BLOCK);
  const arenas: Segment[][] = [];
  let end = Number.POSITIVE_INFINITY;
  for (const [name, weight] of weights) {
    const blocks = blocksOf(weight.size);
    if (end + blocks > most) {
      arenas.push([]);
      end = 0;
    }
    arenas.at(-1)!.push({ name, weight, first: end, blocks });
    end += blocks;
  }
  return arenas;
}

/** Buffers of one layout: what lies at a place of one belongs to what lies there in the others. */
export class Arena {
  readonly segments: readonly Segment[];
  readonly blocks: number;
  readonly weights: TensorInfo;
  readonly gradients: TensorInfo;
  /** In the order of the optimizer's. */
  readonly slots: readonly TensorInfo[];
  /** A number for each block. */
  readonly marks: TensorInfo;
  private sumOfParts: TensorInfo | undefined;
  private readonly buffers = new Map<TensorInfo, GPUBuffer>();
  private readonly backend: TrainingBackend;

  constructor(backend: TrainingBackend, segments: readonly Segment[], slots: number) {
    this.backend = backend;
    this.segments = segments;
    this.blocks = segments.reduce((sum, { blocks }) => sum + blocks, 0);
    this.weights = this.make();
    this.gradients = this.make();
    this.slots = Array.from({ length: slots }, () => this.make());
    this.marks = this.make(4 * this.blocks);
  }

  /** Gradients of several batches, made where there is a second one. */
  get sum(): TensorInfo {
    this.sumOfParts ??= this.make();
    return this.sumOfParts;
  }

  private make(bytes = BLOCK * this.blocks): TensorInfo {
    const buffer = this.backend.makeArena(bytes);
    const whole = this.backend.view(buffer, 0, [bytes / 4]);
    this.buffers.set(whole, buffer);
    return whole;
  }

  place({ first }: Segment, of: TensorInfo): Place {
    return { buffer: this.buffers.get(of)!, offset: BLOCK * first };
  }

  /** Lands before whatever is not submitted yet, as every write does. */
  writeMarks(values: Uint32Array<ArrayBuffer>): void {
    this.backend.flush();
    this.backend.queue.writeBuffer(this.buffers.get(this.marks)!, 0, values);
  }

  free(): void {
    for (const [{ dataId }, buffer] of this.buffers) {
      this.backend.disposeData(dataId);
      this.backend.freeArena(buffer);
    }
    this.buffers.clear();
  }
}
