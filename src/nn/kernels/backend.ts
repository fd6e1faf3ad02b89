/** TensorFlow.js's WebGPU backend, opened so that kernels of our own can join its command stream. */
import type { TensorInfo } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { BYTES } from './commands.ts';
import { HalfWeightBackend } from './half-weights.ts';
import { bindingOf, isAt, type Place, type TensorData } from './opened.ts';

/** Bytes of a staging buffer: figures of a step. */
const STAGED = 256;
/** Staging buffers of more bytes are not kept: after a checkpoint they would lie about as large as the model. */
const KEPT = 2 ** 16;

/** What training adds to the backend: tensors that are parts of larger buffers, and figures that are read as they are. */
export class TrainingBackend extends HalfWeightBackend {
  /** Where the gradient of a weight is to be written, by the weight's data: a place in an optimizer's arena. */
  readonly gradientPlaces = new WeakMap<object, Place>();
  private readonly placed = new Set<object>();
  /** Staging buffers that nobody waits for. */
  private readonly staging: GPUBuffer[] = [];

  /** A buffer of the pool for what a kernel writes, with what was in it before. */
  make(shape: readonly number[], dtype: 'float32' | 'int32' = 'float32'): TensorInfo {
    const info = this.makeTensorInfo([...shape], dtype);
    const buffer = this.acquire(BYTES * tf.util.sizeFromShape([...shape]));
    this.tensorMap.get(info.dataId)!.resource = buffer;
    this.recorder?.acquired(buffer);
    return info;
  }

  /** A tensor in a buffer of the pool that is free. */
  makeIn(buffer: GPUBuffer, shape: readonly number[], dtype: 'float32' | 'int32'): TensorInfo {
    const free = this.bufferManager.freeBuffers.get(`${buffer.size}_${buffer.usage}`)!;
    // the last one is drawn first
    free.push(...free.splice(free.indexOf(buffer), 1));
    const info = this.makeTensorInfo([...shape], dtype);
    this.tensorMap.get(info.dataId)!.resource = this.bufferManager.acquireBuffer(buffer.size, buffer.usage);
    return info;
  }

  /** The same memory under another shape; each has to be disposed of. */
  alias(tensor: TensorInfo, shape: readonly number[] = tensor.shape): TensorInfo {
    this.incRef(tensor.dataId);
    return { dataId: tensor.dataId, shape: [...shape], dtype: tensor.dtype };
  }

  /** A float32 tensor in `buffer` from `offset`, a multiple of `ALIGNMENT`; the buffer outlives it. */
  view(buffer: GPUBuffer, offset: number, shape: readonly number[]): TensorInfo {
    const dataId = { id: this.nextDataId() };
    const bytes = BYTES * tf.util.sizeFromShape([...shape]);
    const data: TensorData = { values: null, dtype: 'float32', shape: [...shape], refCount: 1 };
    this.tensorMap.set(dataId, { ...data, resource: buffer, external: true, offset, bytes });
    return { dataId, shape: [...shape], dtype: 'float32' };
  }

  /** A new buffer of zeros for tensors to be parts of, counted as the pool's are; `freeArena` ends it. */
  makeArena(bytes: number): GPUBuffer {
    const { STORAGE, COPY_SRC, COPY_DST } = GPUBufferUsage;
    return this.bufferManager.acquireBuffer(bytes, STORAGE | COPY_SRC | COPY_DST, false, false);
  }

  freeArena(buffer: GPUBuffer): void {
    this.flush();
    this.bufferManager.releaseBuffer(buffer, false);
  }

  /** Whether a tensor is a part of a larger buffer: it is overwritten there, not given other memory. */
  isPart({ dataId }: TensorInfo): boolean {
    return this.tensorMap.get(dataId)?.offset !== undefined;
  }

  /** Whether a tensor lies at a place. */
  liesAt({ dataId }: TensorInfo, { buffer, offset }: Place): boolean {
    return isAt(this.tensorMap.get(dataId), { buffer, offset });
  }

  /** Whether nobody else holds the memory of a tensor, so that it may be overwritten. */
  isAlone({ dataId }: TensorInfo): boolean {
    const { refCount, external } = this.tensorMap.get(dataId)!;
    return refCount === 1 && !external;
  }

  /** Moves a tensor, with all that share its memory, to a place in an arena, or back to a buffer of its own. */
  relocate(tensor: TensorInfo, place?: Place): void {
    this.recorder?.spoil('a tensor moved');
    this.keepWide(tensor.dataId);
    const data = this.tensorMap.get(tensor.dataId)!;
    const bytes = BYTES * tf.util.sizeFromShape(tensor.shape);
    const { buffer, offset } = place ?? { buffer: this.acquire(bytes), offset: 0 };
    const before = data.resource!;
    this.encoder().copyBufferToBuffer(before, data.offset ?? 0, buffer, offset, bytes);
    this.flush();
    if (!data.external) this.bufferManager.releaseBuffer(before, false);
    Object.assign(data, { values: null, resource: buffer, uploaded: false, external: place !== undefined });
    Object.assign(data, place ? { offset, bytes } : { offset: undefined, bytes: undefined });
  }

  /** Sets a part of a buffer to zeros. */
  clear({ buffer, offset }: Place, bytes: number): void {
    this.recorder?.spoil('a part of a buffer was cleared');
    this.encoder().clearBuffer(buffer, offset, bytes);
  }

  /** Copies of scalars on the CPU. Reads what they are now: whoever waits for the promise holds up nothing that follows. */
  async readScalars(scalars: readonly TensorInfo[]): Promise<Float32Array> {
    const bytes = BYTES * scalars.length;
    if (bytes > STAGED) throw new Error(`${scalars.length} scalars at once`);
    const { MAP_READ, COPY_DST } = GPUBufferUsage;
    const staging = this.staging.pop() ?? this.device.createBuffer({ size: STAGED, usage: MAP_READ | COPY_DST });
    for (const { dataId } of scalars) this.uploadToGPU(dataId);
    const encoder = this.encoder();
    for (const [i, { dataId }] of scalars.entries()) {
      const { resource, offset = 0 } = this.tensorMap.get(dataId)!;
      encoder.copyBufferToBuffer(resource!, offset, staging, BYTES * i, BYTES);
    }
    this.flush();
    await staging.mapAsync(GPUMapMode.READ, 0, bytes);
    const values = new Float32Array(staging.getMappedRange(0, bytes).slice(0));
    staging.unmap();
    this.staging.push(staging);
    return values;
  }

  /**
   * What the gradient of `weight` is written to: its place in an arena, once until `beginGradients`, else a buffer of the
   * pool, so that the gradients of a weight that is used twice can be added.
   */
  makeGradient(weight: TensorInfo, shape: readonly number[] = weight.shape): TensorInfo {
    const place = this.gradientPlaces.get(weight.dataId);
    if (!place || this.placed.has(weight.dataId)) return this.make(shape);
    this.placed.add(weight.dataId);
    this.recorder?.gradient(weight.dataId, place);
    return this.view(place.buffer, place.offset, shape);
  }

  /** From here on each place is free again: what is in it has been used. */
  beginGradients(): void {
    this.placed.clear();
  }

  /** Says that a kernel wrote into a tensor in place: what was read of it before is old. */
  changed(tensor: TensorInfo): void {
    this.tensorMap.get(tensor.dataId)!.values = null;
  }

  override async read(dataId: object): Promise<ArrayBufferView> {
    const data = this.tensorMap.get(dataId);
    if (data?.half && !data.values) this.uploadToGPU(dataId);
    if (data?.offset === undefined || data.values) return super.read(dataId);
    const { MAP_READ, COPY_DST } = GPUBufferUsage;
    const bytes = data.bytes!;
    const staging = this.bufferManager.acquireBuffer(bytes, MAP_READ | COPY_DST);
    this.encoder().copyBufferToBuffer(data.resource!, data.offset, staging, 0, bytes);
    this.flush();
    await staging.mapAsync(GPUMapMode.READ);
    const values = new Float32Array(staging.getMappedRange().slice(0));
    staging.unmap();
    this.bufferManager.releaseBuffer(staging, bytes <= KEPT);
    return values;
  }

  override readSync(dataId: object): ArrayBufferView {
    const data = this.tensorMap.get(dataId);
    if (data?.offset !== undefined && !data.values) throw new Error('a part of a buffer is read asynchronously only');
    if (data?.half && !data.values) this.uploadToGPU(dataId);
    return super.readSync(dataId);
  }

  /** Copies all of one tensor into another of the same size. */
  copy(from: TensorInfo, to: TensorInfo): void {
    for (const { dataId } of [from, to]) this.uploadToGPU(dataId);
    const [source, target] = [from, to].map(({ dataId }) => this.tensorMap.get(dataId)!);
    if (source!.uploaded) this.commandQueueOwnedIds.add(from.dataId);
    const bytes = BYTES * tf.util.sizeFromShape(to.shape);
    this.encodeCopy(bindingOf(source!), bindingOf(target!), bytes);
    this.recorder?.copy([from.dataId, source!], [to.dataId, target!], bytes);
    target!.values = null;
  }

  /** Writes into a part of a buffer, behind whatever was recorded so far. */
  overwrite({ dataId }: TensorInfo, values: Float32Array): void {
    this.recorder?.spoil('values from the CPU');
    const { resource, offset } = this.tensorMap.get(dataId)!;
    this.flush();
    this.queue.writeBuffer(resource!, offset!, values.buffer as ArrayBuffer, values.byteOffset, values.byteLength);
  }

  /** The same values in memory of their own. */
  copied({ dataId, shape }: TensorInfo): tf.Tensor {
    const copy = this.make(shape);
    this.copy({ dataId, shape, dtype: 'float32' }, copy);
    return tf.engine().makeTensorFromTensorInfo(copy);
  }

  override dispose(): void {
    for (const buffer of this.staging) buffer.destroy();
    super.dispose();
  }
}

/** The running backend where it is ours; undefined on every other. */
export function trainingBackend(): TrainingBackend | undefined {
  const backend = tf.backend() as unknown;
  return backend instanceof TrainingBackend ? backend : undefined;
}
