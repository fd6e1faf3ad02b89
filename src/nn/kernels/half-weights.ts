/**
 * Weights in half precision where they lose nothing by it: those that a file in half precision gave and nothing has moved.
 * They take half of the memory, and half of the reading; what is computed is the same to the bit.
 */
import type { TensorInfo } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { exactHalves } from '../../lib/half.ts';
import { BYTES, CommandBackend, spreadOver, type Version } from './commands.ts';
import { type KernelSource, readsWeight, type Scalar, THREADS, writes } from './kernel.ts';
import type { TensorData } from './opened.ts';

/** How a kernel reads them: as halves where the device has `shader-f16`, else two out of a word. */
export type HalfForm = Extract<Scalar, 'f16' | 'u32'>;

export const halfFormOf = ({ features }: Pick<GPUDevice, 'features'>): HalfForm =>
  features.has('shader-f16') ? 'f16' : 'u32';

/** A kernel with those of its buffers in half precision whose bit is set in `which`. */
export function inHalves(source: KernelSource, which: number, form: HalfForm): KernelSource {
  const buffers = source.buffers.map((buffer, i) => (which & (1 << i) ? { ...buffer, type: form } : buffer));
  return form === 'f16'
    ? { ...source, buffers, features: [...(source.features ?? []), 'shader-f16'] }
    : { ...source, buffers };
}

/** Which buffers of a kernel a weight may be in, as bits. */
const weightBits = ({ buffers }: KernelSource): number =>
  buffers.reduce((bits, { weight }, i) => (weight ? bits | (1 << i) : bits), 0);

/** y[i] = w[i], at full width: for kernels that read nothing else. */
export const widenSource = (): KernelSource => ({
  buffers: [readsWeight('w'), writes('y')],
  uniforms: ['n:i32'],
  main: 'if (gid < u.n) { y[gid] = wAt(gid); }',
});

/** The command stream of a device on which weights may lie in halves. */
export class HalfWeightBackend extends CommandBackend {
  /** How kernels read weights in half precision; undefined where none lies so. */
  halves: HalfForm | undefined;
  /** Data of weights that may lie so, if their values allow it. */
  readonly mayBeHalves = new WeakSet<object>();
  /** Weights in halves that lie at full width too, until the next submission. */
  private readonly widened = new Set<TensorData>();
  /** By kernel, which of its tensors may be such weights. */
  private readonly weights = new Map<string, number>();

  override uploadToGPU(dataId: object): void {
    const data = this.tensorMap.get(dataId)!;
    if (data.resource == null && this.liesInHalves(dataId)) this.widen(dataId, data);
    else super.uploadToGPU(dataId);
  }

  override submitQueue(): void {
    super.submitQueue();
    for (const data of this.widened) {
      this.bufferManager.releaseBuffer(data.resource!);
      data.resource = null;
    }
    this.widened.clear();
  }

  /** Whether a tensor lies in halves; it comes to do so as it is first read. */
  private liesInHalves(dataId: object): boolean {
    const data = this.tensorMap.get(dataId)!;
    if (data.half) return true;
    if (!this.halves || data.resource || !this.mayBeHalves.delete(dataId)) return false;
    const halves = exactHalves(data.values as Float32Array);
    if (!halves) return false;
    this.recorder?.spoil('an upload');
    Object.assign(data, { values: null, half: this.written(halves), uploaded: true });
    return true;
  }

  /** For a kernel that reads nothing but floats. Submits nothing: whoever asked is about to record a command. */
  private widen(dataId: object, data: TensorData): void {
    this.recorder?.spoil('a weight at full width');
    const entries = tf.util.sizeFromShape(data.shape);
    const wide = this.acquire(BYTES * entries);
    const form = this.halves!;
    const kernel = this.pipelines.kernel(`halves.widen/${form}`, () => inHalves(widenSource(), 1, form));
    const uniform = this.statically(kernel.uniforms, [entries]);
    const group = this.grouped(
      kernel,
      [data.half!, wide, uniform].map((buffer) => ({ buffer })),
    );
    this.encode(kernel, group, spreadOver(Math.ceil(entries / THREADS)), false);
    this.commandQueueOwnedIds.add(dataId);
    data.resource = wide;
    this.widened.add(data);
  }

  /** A tensor that is to be written to: from here on it lies at full width only. */
  protected keepWide(dataId: object): void {
    this.mayBeHalves.delete(dataId);
    this.uploadToGPU(dataId);
    const data = this.tensorMap.get(dataId)!;
    const { half } = data;
    if (!half) return;
    this.widened.delete(data);
    this.flush();
    this.bufferManager.releaseBuffer(half);
    Object.assign(data, { half: undefined, uploaded: false });
  }

  override releaseResource(dataId: object): void {
    super.releaseResource(dataId);
    const data = this.tensorMap.get(dataId);
    if (!data?.half) return;
    this.widened.delete(data);
    this.bufferManager.releaseBuffer(data.half);
    data.half = undefined;
  }

  protected override versionFor(key: string, source: () => KernelSource, tensors: readonly TensorInfo[]): Version {
    const which = this.halvesAmong(key, source, tensors);
    if (which === 0) return super.versionFor(key, source, tensors);
    const read = () => tensors.map(({ dataId }, i) => (which & (1 << i) ? this.inHalf(dataId) : this.toRead(dataId)));
    return { key: `${key}/half${which}`, source: () => inHalves(source(), which, this.halves!), read };
  }

  /** Of the tensors of a kernel, those in halves, as bits. */
  private halvesAmong(key: string, source: () => KernelSource, tensors: readonly TensorInfo[]): number {
    if (!this.halves) return 0;
    let may = this.weights.get(key);
    if (may === undefined) {
      may = weightBits(source());
      this.weights.set(key, may);
    }
    return (
      may &&
      tensors.reduce((bits, { dataId }, i) => (may & (1 << i) && this.liesInHalves(dataId) ? bits | (1 << i) : bits), 0)
    );
  }

  /** As `toRead`, of a weight that lies in halves. */
  private inHalf(dataId: object): TensorData {
    const data = this.tensorMap.get(dataId)!;
    this.commandQueueOwnedIds.add(dataId);
    return { ...data, resource: data.half! };
  }
}
