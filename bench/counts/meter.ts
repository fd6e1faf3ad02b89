/** Counts what is asked of a GPU, by listening at WebGPU's own objects: whatever computes on them is measured alike. */
import { extent } from './cut-buffers.ts';
import { listenToReads } from './held-reads.ts';

export interface Counts {
  dispatches: number;
  passes: number;
  submits: number;
  copies: number;
  buffersCreated: number;
  bindGroups: number;
  pipelines: number;
  /** Written into storage buffers from the CPU, the batch with them. */
  storageBytes: number;
  uniformBytes: number;
  /** Times that something was mapped to be read. */
  reads: number;
}

const ZERO: Counts = {
  dispatches: 0,
  passes: 0,
  submits: 0,
  copies: 0,
  buffersCreated: 0,
  bindGroups: 0,
  pipelines: 0,
  storageBytes: 0,
  uniformBytes: 0,
  reads: 0,
};

const counts: Counts = { ...ZERO };
/** Bytes of all buffers that are not destroyed, and the most of them since somebody set it back. */
const memory = { bytes: 0, peak: 0 };
/** Dispatches by what its caller and its pipeline are called, while somebody asks. */
let tally: Map<string, number> | undefined;
/** Asked at each dispatch, while somebody wants to know. */
let sample: (() => void) | undefined;
/** Whose kernel is running, of those who say so. */
let caller = '';

/** Calls `before` with a method's arguments, then the method. */
function listen<T extends object, K extends keyof T>(
  type: { prototype: T },
  name: K,
  before: (self: T, args: T[K] extends (...args: infer A) => unknown ? A : never) => void,
): void {
  const method = type.prototype[name] as (...args: unknown[]) => unknown;
  type.prototype[name] = function (this: T, ...args: unknown[]) {
    before(this, args as never);
    return method.apply(this, args);
  } as T[K];
}

/** Of buffers that are not destroyed. */
let sizes = new WeakMap<GPUBuffer, number>();

function listenToMemory(): void {
  const create = GPUDevice.prototype.createBuffer;
  GPUDevice.prototype.createBuffer = function (descriptor) {
    counts.buffersCreated++;
    const buffer = create.call(this, descriptor);
    sizes.set(buffer, descriptor.size);
    memory.bytes += descriptor.size;
    memory.peak = Math.max(memory.peak, memory.bytes);
    return buffer;
  };
  listen(GPUBuffer, 'destroy', (buffer) => {
    memory.bytes -= sizes.get(buffer) ?? 0;
    sizes.delete(buffer);
  });
}

function listenToPasses(): void {
  let pipeline: GPUComputePipeline | undefined;
  const dispatched = () => {
    counts.dispatches++;
    sample?.();
    if (!tally) return;
    const name = [caller, pipeline?.label].filter(Boolean).join(' · ');
    tally.set(name, (tally.get(name) ?? 0) + 1);
  };
  listen(GPUComputePassEncoder, 'setPipeline', (_, [chosen]) => {
    pipeline = chosen;
  });
  listen(GPUComputePassEncoder, 'dispatchWorkgroups', dispatched);
  listen(GPUComputePassEncoder, 'dispatchWorkgroupsIndirect', dispatched);
  listen(GPUCommandEncoder, 'beginComputePass', () => counts.passes++);
}

/** Writes, by what they are written into: uniforms are told apart by the usage of their buffer. */
function listenToWrites(): void {
  listen(GPUQueue, 'writeBuffer', (_, [buffer, , data, start, size]) => {
    const { bytes } = extent(data, start, size);
    if (buffer.usage & GPUBufferUsage.UNIFORM) counts.uniformBytes += bytes;
    else counts.storageBytes += bytes;
  });
  // a buffer that was made to be written, and is copied or used from there
  listen(GPUBuffer, 'getMappedRange', (buffer) => {
    if (!(buffer.usage & GPUBufferUsage.MAP_READ)) counts.storageBytes += buffer.size;
  });
}

/** Once, after the device's globals are there. */
export function startMeter(): void {
  listenToMemory();
  listenToPasses();
  listenToWrites();
  listenToReads(() => counts.submits + counts.dispatches + counts.reads + counts.copies);
  listen(GPUQueue, 'submit', () => counts.submits++);
  listen(GPUCommandEncoder, 'copyBufferToBuffer', () => counts.copies++);
  listen(GPUBuffer, 'mapAsync', () => counts.reads++);
  listen(GPUDevice, 'createBindGroup', () => counts.bindGroups++);
  listen(GPUDevice, 'createComputePipeline', () => counts.pipelines++);
  listen(GPUDevice, 'createComputePipelineAsync', () => counts.pipelines++);
}

/** All so far. */
export const snapshot = (): Counts => ({ ...counts });

/** What came since, a step. */
export function since(before: Counts, steps: number): Counts {
  const perStep = { ...ZERO };
  for (const key of Object.keys(ZERO) as (keyof Counts)[]) perStep[key] = (counts[key] - before[key]) / steps;
  return perStep;
}

/** Begins to look for the most bytes anew. */
export function resetPeak(): void {
  memory.peak = memory.bytes;
}

/** Leaves all buffers so far out of account, as another device takes the place of theirs. */
export function forgetBuffers(): void {
  sizes = new WeakMap();
  memory.bytes = 0;
}
export const deviceMemory = (): Readonly<typeof memory> => ({ ...memory });

/** Counts dispatches by name until the function that is given back is called. */
export function startTally(): () => ReadonlyMap<string, number> {
  const kept = new Map<string, number>();
  tally = kept;
  return () => {
    tally = undefined;
    return kept;
  };
}

/** The most that `value` comes to at a dispatch, until the function that is given back is called. */
export function sampleMost(value: () => number): () => number {
  let most = 0;
  sample = () => {
    most = Math.max(most, value());
  };
  return () => {
    sample = undefined;
    return most;
  };
}

/** Runs `work`, whose dispatches are counted as `name`'s. */
export function as<T>(name: string, work: () => T): T {
  const before = caller;
  caller = name;
  try {
    return work();
  } finally {
    caller = before;
  }
}
