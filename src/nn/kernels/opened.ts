/** TensorFlow.js's WebGPU backend with its private parts in sight: what ours is made of. */
import { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import type { DataType, TensorInfo } from '@tensorflow/tfjs-core';

/** A part of a buffer, from `offset` bytes on. */
export interface Place {
  buffer: GPUBuffer;
  offset: number;
}

/** What the backend keeps of a tensor. */
export interface TensorData {
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
  /** A weight in half precision; `resource` then holds it at full width until the next submission, or nothing. */
  half?: GPUBuffer | undefined;
  /** Written from the CPU, which lands before whatever is not submitted yet. */
  uploaded?: boolean;
}

/** The parts of the backend that are private in its types. */
export interface Opened
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
  releaseResource(dataId: object): void;
  submitQueue(): void;
  runWebGPUProgram(...args: unknown[]): TensorInfo;
  read(dataId: object): Promise<ArrayBufferView>;
  readSync(dataId: object): ArrayBufferView;
  dispose(): void;
}
export const Opened = WebGPUBackend as unknown as new (device: GPUDevice, info: GPUAdapterInfo) => Opened;

/** A tensor's own part of its buffer. */
export const bindingOf = ({ resource, offset, bytes }: TensorData): GPUBufferBinding =>
  offset === undefined ? { buffer: resource! } : { buffer: resource!, offset, size: bytes! };

export const isAt = (data: TensorData | undefined, { buffer, offset }: Place): boolean =>
  (data?.half ?? data?.resource) === buffer && (data?.offset ?? 0) === offset;
