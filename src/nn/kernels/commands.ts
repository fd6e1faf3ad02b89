/** The command stream: kernels are recorded into it, and what they read is brought to the device for it. */
import type { TensorInfo } from '@tensorflow/tfjs-core';
import { type Kernel, type KernelSource, Pipelines } from './kernel.ts';
import { bindingOf, Opened, type TensorData } from './opened.ts';
import type { Dispatches, Recorder } from './recording.ts';
import type { Timings } from './timings.ts';
import { LiveUniform, PlaceUniform, uniformBytes } from './uniforms.ts';

/** Workgroups in x, y and z; a number is spread over x and y where it is beyond the limit of one. */
export type Groups = number | readonly [x: number, y: number, z: number];

/** Dispatches that are recorded before they are submitted: the device works while the next are encoded. */
const AT_ONCE = 32;
export const BYTES = 4;
/** Offsets of storage bindings are multiples of this on every device. */
export const ALIGNMENT = 256;
const MOST_GROUPS = 65_535;
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

/** One way that a kernel is written. */
export interface Version {
  key: string;
  source: () => KernelSource;
  /** Its tensors, on the device. */
  read(): TensorData[];
}

/** TensorFlow.js's backend with kernels that have any number of outputs, and uploads without staging buffers. */
export class CommandBackend extends Opened {
  /** Submissions so far: what was written from the CPU before one is seen by it. */
  submissions = 0;
  /** Called with the name of each kernel of ours as it is recorded: tests and the profile panel listen. */
  onDispatch: ((kernel: string, groups: Groups) => void) | undefined;
  /** Where kernels are timed. */
  timings: Timings | undefined;
  /** Who writes down what is asked for. */
  recorder: Recorder | undefined;
  /** Kernels on their way, while nothing is to run. */
  private compiling: Promise<void>[] | undefined;
  protected readonly pipelines: Pipelines;
  private readonly statics = new Map<string, GPUBuffer>();

  constructor(device: GPUDevice, info: GPUAdapterInfo) {
    super(device, info);
    this.pipelines = new Pipelines(device);
  }

  protected acquire(bytes: number, usage = 0): GPUBuffer {
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
    this.recorder?.spoil('an upload');
    if (!data.values || (data.dtype !== 'float32' && data.dtype !== 'int32' && data.dtype !== 'bool')) {
      super.uploadToGPU(dataId);
      return;
    }
    const Values = data.dtype === 'float32' ? Float32Array : Int32Array;
    const given = data.values as unknown as ArrayLike<number>;
    const values = given instanceof Values ? given : Values.from(given);
    Object.assign(data, { values: null, resource: this.written(values), uploaded: true });
  }

  protected written(values: Float32Array | Int32Array | Uint16Array): GPUBuffer {
    const buffer = this.acquire(values.byteLength, GPUBufferUsage.INDIRECT);
    this.queue.writeBuffer(buffer, 0, values.buffer as ArrayBuffer, values.byteOffset, values.byteLength);
    return buffer;
  }

  override tensorToBinding(tensor: TensorInfo): GPUBindingResource {
    const data = tensor && this.tensorMap.get(tensor.dataId);
    return data?.offset === undefined ? super.tensorToBinding(tensor) : bindingOf(data);
  }

  /** The encoder of what is not submitted yet, between two passes. */
  protected encoder(): GPUCommandEncoder {
    this.ensureCommandEncoderReady();
    this.endComputePassEncoder();
    return this.commandEncoder!;
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
   * Submits what is recorded and brings the free buffers into one order: work that is the same draws the same ones then,
   * whatever was done in between, and finds its bind groups made.
   */
  settle(): void {
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
    const version = this.versionFor(key, source, tensors);
    if (this.compiling) {
      this.compiling.push(this.pipelines.prepare(version.key, version.source));
      return;
    }
    const kernel = this.pipelines.kernel(version.key, version.source);
    const data = version.read();
    const uniform = uniforms instanceof LiveUniform ? uniforms.buffer : this.statically(kernel.uniforms, uniforms);
    const group = this.grouped(kernel, [...data.map(bindingOf), { buffer: uniform }]);
    const spread = typeof groups === 'number' ? spreadOver(groups) : groups;
    if (this.recorder) {
      const bound = data.map((one, i) => [tensors[i]!.dataId, one] as const);
      this.recorder.dispatch(kernel, group, spread, bound, uniform);
      if (uniforms instanceof PlaceUniform) this.recorder.seed(uniforms);
      else if (uniforms instanceof LiveUniform) this.recorder.spoil(`${key} has numbers of its own`);
    }
    if (uniforms instanceof LiveUniform) uniforms.read();
    this.encode(kernel, group, spread);
    this.onDispatch?.(key, groups);
  }

  /** A kernel as it reads these tensors. */
  protected versionFor(key: string, source: () => KernelSource, tensors: readonly TensorInfo[]): Version {
    return { key, source, read: () => tensors.map(({ dataId }) => this.toRead(dataId)) };
  }

  /** What a kernel will read, on the device; it stays there until what is recorded is submitted. */
  toRead(dataId: object): TensorData {
    this.uploadToGPU(dataId);
    const data = this.tensorMap.get(dataId)!;
    if (data.uploaded) this.commandQueueOwnedIds.add(dataId);
    return data;
  }

  /** Of a kernel with what it works on, made once. */
  grouped(kernel: Kernel, bound: readonly GPUBufferBinding[]): GPUBindGroup {
    const key = bound.map(({ buffer, offset = 0 }) => `${numberOf(buffer)}@${offset}`).join();
    return kernel.bindGroup(key, () => bound);
  }

  /** One dispatch; where there are enough of them, and the caller lets it, all are submitted. */
  encode(kernel: Kernel, group: GPUBindGroup, groups: Dispatches, submits = true): void {
    this.ensureCommandEncoderReady();
    if (this.timings) {
      this.endComputePassEncoder();
      this.computePassEncoder = this.commandEncoder!.beginComputePass(this.timings.pass(kernel.key));
    }
    this.computePassEncoder ??= this.commandEncoder!.beginComputePass();
    const pass = this.computePassEncoder;
    pass.setPipeline(kernel.pipeline);
    pass.setBindGroup(0, group);
    pass.dispatchWorkgroups(...groups);
    if (this.timings) this.endComputePassEncoder();
    if (++this.dispatchCountInPass >= AT_ONCE && submits) this.flush();
  }

  /** One copy between parts of buffers. */
  encodeCopy(from: GPUBufferBinding, to: GPUBufferBinding, bytes: number): void {
    this.encoder().copyBufferToBuffer(from.buffer, from.offset ?? 0, to.buffer, to.offset ?? 0, bytes);
  }

  /** Whether somebody wants to know of each dispatch. */
  get isHeard(): boolean {
    return this.timings !== undefined || this.onDispatch !== undefined || this.compiling !== undefined;
  }

  /** Compiles the kernels that `work` asks for, all at once. None of them runs: what it makes holds nothing. */
  async compile(work: () => void): Promise<void> {
    const compiling: Promise<void>[] = [];
    this.compiling = compiling;
    try {
      work();
    } finally {
      this.compiling = undefined;
    }
    await Promise.all(compiling);
  }

  override runWebGPUProgram(...args: unknown[]): TensorInfo {
    this.recorder?.spoil('a kernel of TensorFlow.js');
    return super.runWebGPUProgram(...args);
  }

  /** A uniform buffer of these numbers, made once for all kernels. */
  protected statically(types: readonly string[], values: readonly number[]): GPUBuffer {
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
    for (const buffer of this.statics.values()) buffer.destroy();
    super.dispose();
  }
}

export const spreadOver = (groups: number): Dispatches => {
  const x = Math.min(groups, MOST_GROUPS);
  return [x, Math.ceil(groups / x), 1];
};
