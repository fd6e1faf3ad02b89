/** TensorFlow.js's WebGPU backend on a device of our own, with raised limits and a watch for its loss. */
import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import {
  engine,
  env,
  findBackendFactory,
  type KernelBackend,
  registerBackend,
  removeBackend,
  setBackend,
} from '@tensorflow/tfjs-core';
import { type Problem, ProblemError } from '../../protocol/problems.ts';
import { TrainingBackend, trainingBackend } from '../kernels/backend.ts';
import { settleWays } from '../kernels/way-probe.ts';
import { describeAdapter } from './select.ts';
import { registerCast } from './webgpu-cast.ts';
import { registerSegmentSum } from './webgpu-segment-sum.ts';

const MIB = 1024 * 1024;

/** Limits that kernels and large weights profit from; asked for as far as the adapter goes. */
const RAISED = [
  'maxBufferSize',
  'maxStorageBufferBindingSize',
  'maxStorageBuffersPerShaderStage',
  'maxComputeWorkgroupStorageSize',
  'maxComputeInvocationsPerWorkgroup',
  'maxComputeWorkgroupSizeX',
  'maxComputeWorkgroupSizeY',
  'maxComputeWorkgroupsPerDimension',
] as const;
type LimitName = (typeof RAISED)[number];

/** What a device must offer: WebGPU's own defaults, below which TensorFlow.js's kernels do not compile or fit. */
const NEEDED: Partial<Record<LimitName, number>> = {
  maxStorageBufferBindingSize: 128 * MIB,
  maxBufferSize: 256 * MIB,
  maxComputeInvocationsPerWorkgroup: 256,
};

/** Used where present; none is required. */
const FEATURES: readonly GPUFeatureName[] = ['timestamp-query', 'subgroups', 'shader-f16'];

/** The first limit that is too small for training, as a problem. */
export function tooSmall(limits: Pick<GPUSupportedLimits, LimitName>): Problem | undefined {
  for (const [limit, need] of Object.entries(NEEDED)) {
    const have = limits[limit as LimitName];
    if (have < need) return { code: 'adapter-too-small', severity: 'error', values: { limit, have, need } };
  }
  return undefined;
}

/** What to ask the adapter for: its own limits and the features that it has. */
export function deviceDescriptor({ limits, features }: Pick<GPUAdapter, 'limits' | 'features'>): GPUDeviceDescriptor {
  return {
    requiredLimits: Object.fromEntries(RAISED.map((name) => [name, limits[name]])),
    requiredFeatures: FEATURES.filter((feature) => features.has(feature)),
  };
}

/** The device that the backend computes on; undefined when WebGPU is not started. */
let current: GPUDevice | undefined;

export const webgpuDevice = (): GPUDevice | undefined => current;

/** Reports the loss of `device` unless we destroyed it ourselves, which `stopWebGpu` says by forgetting it first. */
async function watch(device: GPUDevice, onLost: (problem: Problem) => void): Promise<void> {
  const { message, reason } = await device.lost;
  if (current !== device) return;
  onLost({ code: 'device-lost', severity: 'error', values: { reason: reason ?? 'unknown', message } });
}

/** Where an allocation failed nothing on the device can be relied on: it is let go of as if it were lost. */
function watchMemory(device: GPUDevice, onLost: (problem: Problem) => void): void {
  device.addEventListener('uncapturederror', ({ error }) => {
    if (current !== device || !(error instanceof GPUOutOfMemoryError)) return;
    current = undefined;
    device.destroy();
    onLost({ code: 'out-of-memory', severity: 'error', values: {} });
  });
}

/**
 * Forgets the backend with all its tensors and destroys its device, lost or not. Tensors and variables of the old
 * backend must not be touched afterwards: build them anew from copies.
 */
export function stopWebGpu(): void {
  const device = current;
  current = undefined;
  if (findBackendFactory('webgpu')) removeBackend('webgpu');
  device?.destroy();
}

/** Small tensors stay on the device (a round trip to the CPU stalls the queue), convolution gradients are tiled. */
function setFlags(): void {
  env().set('WEBGPU_CPU_FORWARD', false);
  env().set('WEBGPU_USE_NAIVE_CONV2D_TRANSPOSE', false);
}

/** Makes WebGPU the current backend on a new device of `adapter`. Throws `adapter-too-small`. */
export async function startWebGpu(adapter: GPUAdapter, onLost: (problem: Problem) => void): Promise<GPUDevice> {
  const problem = tooSmall(adapter.limits);
  if (problem) throw new ProblemError(problem.code, problem.values);
  stopWebGpu();
  const device = await adapter.requestDevice(deviceDescriptor(adapter));
  setFlags();
  registerCast();
  registerSegmentSum();
  registerBackend('webgpu', () => new TrainingBackend(device, adapter.info) as unknown as KernelBackend, 3);
  current = device;
  if (!(await setBackend('webgpu'))) throw new ProblemError('device-lost', { reason: 'unknown', message: '' });
  void watch(device, onLost);
  watchMemory(device, onLost);
  await settleWays(trainingBackend()!, describeAdapter(adapter));
  return device;
}

/** The running backend, for kernels of our own. */
export const webgpuBackend = (): WebGPUBackend => engine().findBackend('webgpu') as WebGPUBackend;
