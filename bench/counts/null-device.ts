/**
 * Dawn's null device in Node: it checks and takes every command and does none. What JavaScript asks of a GPU can be counted
 * on it, the same on every machine.
 */
import { create, globals } from 'webgpu';
import { cutBuffers } from './cut-buffers.ts';

const GIB = 2 ** 30;
/** What desktop GPUs offer (Chromium on D3D12, Metal and Vulkan); the null device itself has WebGPU's defaults. */
const DESKTOP = { maxBufferSize: 4 * GIB - 4, maxStorageBufferBindingSize: 2 * GIB - 4 };

const reads = (own: object, shown: object): object =>
  new Proxy(own, {
    get: (target, key) => Reflect.get(key in shown ? shown : target, key, key in shown ? shown : target),
  });

const desktopLimits = (limits: GPUSupportedLimits): GPUSupportedLimits => reads(limits, DESKTOP) as GPUSupportedLimits;

/** Of the last device that was made. */
let errors: string[] = [];

/** What WebGPU found wrong since somebody last asked; with an invalid command, all of its submission is lost. */
export const takeErrors = (): string[] => errors.splice(0);

/** An adapter that grants the limits of a desktop GPU: buffers are cut, so that they are never put to the test. */
function asDesktop(adapter: GPUAdapter): GPUAdapter {
  const requestDevice = async (wanted: GPUDeviceDescriptor = {}): Promise<GPUDevice> => {
    const limits = Object.entries(wanted.requiredLimits ?? {}).filter(([name]) => !(name in DESKTOP));
    const device = await adapter.requestDevice({ ...wanted, requiredLimits: Object.fromEntries(limits) });
    Object.defineProperty(device, 'limits', { value: desktopLimits(device.limits) });
    const own: string[] = [];
    errors = own;
    device.addEventListener('uncapturederror', (event) => {
      // or Dawn prints it
      event.preventDefault();
      own.push(event.error.message);
    });
    return device;
  };
  const { limits, features, info } = adapter;
  return { limits: desktopLimits(limits), features, info, requestDevice } as unknown as GPUAdapter;
}

let gpu: GPU | undefined;

/**
 * WebGPU on the null device, put where TensorFlow.js looks for it; call before it is loaded. Storage buffers a stage stay at
 * WebGPU's default of 8.
 */
export function nullGpu(): GPU {
  if (gpu) return gpu;
  Object.assign(globalThis, globals);
  cutBuffers();
  const dawn = create(['backend=null']);
  const requestAdapter = async (): Promise<GPUAdapter> => asDesktop((await dawn.requestAdapter())!);
  gpu = { requestAdapter, getPreferredCanvasFormat: () => 'bgra8unorm' } as unknown as GPU;
  const navigator = { gpu, userAgent: 'node', language: 'en' };
  Object.defineProperty(globalThis, 'navigator', { value: navigator, configurable: true, writable: true });
  return gpu;
}
