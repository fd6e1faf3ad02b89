/** TensorFlow.js's WebGPU backend, opened so that kernels of our own can join its command stream. */
import { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import type { DataType, TensorInfo } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { type KernelSource, Pipelines } from './kernel.ts';
import type { Timings } from './timings.ts';
import { LiveUniform, uniformBytes } from './uniforms.ts';

/** What the backend keeps of a tensor. */
interface TensorData {
  values: ArrayBufferView | null;
  dtype: DataType;
  shape: number[];
  refCount: number;
  resource?: GPUBuffer | null;
  /** Not the pool's: released with whoever made it. */
  external?: boolean;
  /** Bytes into `resource`, and how many, of a tensor that is a part of a larger buffer. */
  offset?: number;
  bytes?: number;
  /** Written from the CPU, which lands before whatever is not submitted yet. */
  uploaded?: boolean;
}

/** The parts of the backend that are private in its types. */
interface Opened
  extends Pick<
    WebGPUBackend,
    | 'device'
    | 'queue'
    | 'makeTensorInfo'
    | 'incRef'
    | 'disposeData'
    | 'ensureCommandEncoderReady'
    | 'endComputePassEncoder'
  > {
  tensorMap: Map<object, TensorData>;
  bufferManager: {
    numBytesUsed: number;
    numBytesAllocated: number;
    freeBuffers: Map<string, GPUBuffer[]>;
    acquireBuffer(size: number, usage: number, mapped?: boolean, reuse?: boolean): GPUBuffer;
    releaseBuffer(buffer: GPUBuffer, reuse?: boolean): void;
  };
  commandEncoder: GPUCommandEncoder | null;
  computePassEncoder: GPUComputePassEncoder | null;
  commandQueueOwnedIds: WeakSet<object>;
  dispatchCountInPass: number;
  nextDataId(): number;
  tensorToBinding(tensor: TensorInfo): GPUBindingResource;
  uploadToGPU(dataId: object): void;
  submitQueue(): void;
  read(dataId: object): Promise<ArrayBufferView>;
  readSync(dataId: object): ArrayBufferView;
  dispose(): void;
}
const Opened = WebGPUBackend as unknown as new (device: GPUDevice, info: GPUAdapterInfo) => Opened;

/** A part of a buffer, from `offset` bytes on. */
export interface Place {
  buffer: GPUBuffer;
  offset: number;
}

/** Workgroups in x, y and z; a number is spread over x and y where it is beyond the limit of one. */
export type Groups = number | readonly [x: number, y: number, z: number];

/** Dispatches that are recorded before they are submitted: the device works while the next are encoded. */
const AT_ONCE = 32;
const BYTES = 4;
/** Offsets of storage bindings are multiples of this on every device. */
export const ALIGNMENT = 256;
const MOST_GROUPS = 65_535;
/** Bytes of a staging buffer: figures of a step. */
const STAGED = 256;
/** Staging buffers of more bytes are not kept: after a checkpoint they would lie about as large as the model. */
const KEPT = 2 ** 16;

/** Identity of a buffer as a number, for keys of bind groups. */
const numbers = new WeakMap<GPUBuffer, number>();
let lastNumber = 0;
function numberOf(buffer: GPUBuffer): number {
  let number = numbers.get(buffer);
  if (number === undefined) {
    number = ++lastNumber;
    numbers.set(buffer, number);
  }
  return number;
}

/**
 * What training adds to the backend: dispatches of kernels with any number of outputs, tensors that are parts of larger
 * buffers, uploads without staging buffers, and a step after which nothing new is created.
 */
export class TrainingBackend extends Opened {
  /** Submissions so far: what was written from the CPU before one is seen by it. */
  submissions = 0;
  /** Called with the name of each kernel of ours as it is recorded: tests and the profile panel listen. */
  onDispatch: ((kernel: string, groups: Groups) => void) | undefined;
  /** Where the gradient of a weight is to be written, by the weight's data: a place in an optimizer's arena. */
  readonly gradientPlaces = new WeakMap<object, Place>();
  /** Where kernels are timed. */
  timings: Timings | undefined;
  private readonly placed = new Set<object>();
  private readonly pipelines: Pipelines;
  private readonly statics = new Map<string, GPUBuffer>();
  /** Staging buffers that nobody waits for. */
  private readonly staging: GPUBuffer[] = [];

  constructor(device: GPUDevice, info: GPUAdapterInfo) {
    super(device, info);
    this.pipelines = new Pipelines(device);
  }

  /** A buffer of the pool for what a kernel writes, with what was in it before. */
  make(shape: readonly number[], dtype: 'float32' | 'int32' = 'float32'): TensorInfo {
    const info = this.makeTensorInfo([...shape], dtype);
    this.tensorMap.get(info.dataId)!.resource = this.acquire(BYTES * tf.util.sizeFromShape([...shape]));
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
    const data = this.tensorMap.get(dataId)!;
    return data.resource === buffer && data.offset === offset;
  }

  /** Whether nobody else holds the memory of a tensor, so that it may be overwritten. */
  isAlone({ dataId }: TensorInfo): boolean {
    const { refCount, external } = this.tensorMap.get(dataId)!;
    return refCount === 1 && !external;
  }

  /** Moves a tensor, with all that share its memory, to a place in an arena, or back to a buffer of its own. */
  relocate(tensor: TensorInfo, place?: Place): void {
    this.uploadToGPU(tensor.dataId);
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

  /** The encoder of what is not submitted yet, between two passes. */
  private encoder(): GPUCommandEncoder {
    this.ensureCommandEncoderReady();
    this.endComputePassEncoder();
    return this.commandEncoder!;
  }

  /**
   * What the gradient of `weight` is written to: its place in an arena, once until `beginGradients`, else a buffer of the
   * pool, so that the gradients of a weight that is used twice can be added.
   */
  makeGradient(weight: TensorInfo, shape: readonly number[] = weight.shape): TensorInfo {
    const place = this.gradientPlaces.get(weight.dataId);
    if (!place || this.placed.has(weight.dataId)) return this.make(shape);
    this.placed.add(weight.dataId);
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

  private acquire(bytes: number, usage = 0): GPUBuffer {
    const { STORAGE, COPY_SRC, COPY_DST } = GPUBufferUsage;
    return this.bufferManager.acquireBuffer(Math.max(BYTES, bytes), STORAGE | COPY_SRC | COPY_DST | usage);
  }

  /**
   * Stock uploads make a mapped staging buffer each. `writeBuffer` makes none, but it lands before every command that is
   * not submitted yet: so uploads have a pool of their own, told apart by a usage that nobody needs, and return to it at a
   * submission only.
   */
  override uploadToGPU(dataId: object): void {
    const data = this.tensorMap.get(dataId)!;
    if (data.resource != null) return;
    if (!data.values || (data.dtype !== 'float32' && data.dtype !== 'int32' && data.dtype !== 'bool')) {
      super.uploadToGPU(dataId);
      return;
    }
    const Values = data.dtype === 'float32' ? Float32Array : Int32Array;
    const given = data.values as unknown as ArrayLike<number>;
    const values = given instanceof Values ? given : Values.from(given);
    const buffer = this.acquire(values.byteLength, GPUBufferUsage.INDIRECT);
    this.queue.writeBuffer(buffer, 0, values.buffer as ArrayBuffer, values.byteOffset, values.byteLength);
    Object.assign(data, { values: null, resource: buffer, uploaded: true });
  }

  override tensorToBinding(tensor: TensorInfo): GPUBindingResource {
    const data = tensor && this.tensorMap.get(tensor.dataId);
    return data?.offset === undefined ? super.tensorToBinding(tensor) : bindingOf(data);
  }

  override async read(dataId: object): Promise<ArrayBufferView> {
    const data = this.tensorMap.get(dataId);
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
    return super.readSync(dataId);
  }

  /** Copies all of one tensor into another of the same size. */
  copy(from: TensorInfo, to: TensorInfo): void {
    for (const { dataId } of [from, to]) this.uploadToGPU(dataId);
    const [source, target] = [from, to].map(({ dataId }) => this.tensorMap.get(dataId)!);
    if (source!.uploaded) this.commandQueueOwnedIds.add(from.dataId);
    const bytes = BYTES * tf.util.sizeFromShape(to.shape);
    this.encoder().copyBufferToBuffer(
      source!.resource!,
      source!.offset ?? 0,
      target!.resource!,
      target!.offset ?? 0,
      bytes,
    );
    target!.values = null;
  }

  /** Writes into a part of a buffer, behind whatever was recorded so far. */
  overwrite({ dataId }: TensorInfo, values: Float32Array): void {
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

  override submitQueue(): void {
    super.submitQueue();
    this.submissions++;
  }

  /** Submits what is recorded. */
  flush(): void {
    if (!this.commandEncoder) return;
    this.endComputePassEncoder();
    this.submitQueue();
  }

  /**
   * Ends a step: submits it and brings the free buffers into one order, so that the next step draws the same ones and
   * finds its bind groups made.
   */
  endStep(): void {
    this.flush();
    for (const free of this.bufferManager.freeBuffers.values())
      if (free.length > 1) free.sort((a, b) => numberOf(a) - numberOf(b));
  }

  /**
   * Records one dispatch of the kernel `key` over `tensors`, in the order of its buffers. `source` is asked once a key:
   * whatever is baked into its code belongs into the key. Uniforms are numbers that seldom change (sizes, which are written
   * once for each combination), or a `LiveUniform` that is written every step.
   */
  dispatch(
    key: string,
    source: () => KernelSource,
    tensors: readonly TensorInfo[],
    uniforms: readonly number[] | LiveUniform,
    groups: Groups,
  ): void {
    const kernel = this.pipelines.kernel(key, source);
    const data = tensors.map(({ dataId }) => {
      this.uploadToGPU(dataId);
      const one = this.tensorMap.get(dataId)!;
      if (one.uploaded) this.commandQueueOwnedIds.add(dataId);
      return one;
    });
    const uniform = uniforms instanceof LiveUniform ? uniforms.buffer : this.statically(kernel.uniforms, uniforms);
    const bound = data.map((one) => `${numberOf(one.resource!)}@${one.offset ?? 0}`).join();
    const group = kernel.bindGroup(`${bound},${numberOf(uniform)}`, () => [
      ...data.map(bindingOf),
      { buffer: uniform },
    ]);
    this.ensureCommandEncoderReady();
    if (this.timings) {
      this.endComputePassEncoder();
      this.computePassEncoder = this.commandEncoder!.beginComputePass(this.timings.pass(key));
    }
    this.computePassEncoder ??= this.commandEncoder!.beginComputePass();
    const pass = this.computePassEncoder;
    pass.setPipeline(kernel.pipeline);
    pass.setBindGroup(0, group);
    if (typeof groups === 'number') {
      const x = Math.min(groups, MOST_GROUPS);
      pass.dispatchWorkgroups(x, Math.ceil(groups / x));
    } else pass.dispatchWorkgroups(...groups);
    this.onDispatch?.(key, groups);
    if (this.timings) this.endComputePassEncoder();
    if (++this.dispatchCountInPass >= AT_ONCE) this.flush();
  }

  /** A uniform buffer of these numbers, made once for all kernels. */
  private statically(types: readonly string[], values: readonly number[]): GPUBuffer {
    const key = `${types.map((type) => type.split(':')[1]).join()}/${values.join()}`;
    let buffer = this.statics.get(key);
    if (!buffer) {
      const bytes = uniformBytes(types, values);
      buffer = this.device.createBuffer({
        size: bytes.byteLength,
        usage: GPUBufferUsage.UNIFORM | GPUBufferUsage.COPY_DST,
      });
      this.queue.writeBuffer(buffer, 0, bytes);
      this.statics.set(key, buffer);
    }
    return buffer;
  }

  override dispose(): void {
    for (const buffer of [...this.statics.values(), ...this.staging]) buffer.destroy();
    super.dispose();
  }
}

const bindingOf = ({ resource, offset, bytes }: TensorData): GPUBufferBinding =>
  offset === undefined ? { buffer: resource! } : { buffer: resource!, offset, size: bytes! };

/** The running backend where it is ours; undefined on every other. */
export function trainingBackend(): TrainingBackend | undefined {
  const backend = tf.backend() as unknown;
  return backend instanceof TrainingBackend ? backend : undefined;
}
