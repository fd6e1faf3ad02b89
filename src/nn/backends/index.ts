/** The only place that knows TensorFlow.js's backends: starts one, says which and why, and reports its loss. */
import type { BackendChoice, BackendInfo, SettledBackend } from '../../protocol/backend.ts';
import { type Problem, ProblemError } from '../../protocol/problems.ts';
import { registerGradients } from './gradients.ts';
import {
  browserGpu,
  describeAdapter,
  type Gpu,
  isFallback,
  isIntegrated,
  type Selection,
  selectBackend,
} from './select.ts';
import { startWasm } from './wasm.ts';

export interface StartOptions {
  /** Called once when the GPU goes away; call `startBackend` again and rebuild every tensor from copies. */
  onLost?: (problem: Problem) => void;
  /** A folder that holds the WebAssembly binaries, instead of the bundled ones. */
  wasmPath?: string;
  /** What `auto` takes where there is a real adapter, instead of WebGPU. */
  settled?: SettledBackend | undefined;
  /** Stands in for `navigator.gpu` in tests. */
  gpu?: Gpu | undefined;
}

async function startOnWasm(
  choice: BackendChoice,
  reasons: readonly Problem[],
  path: string | undefined,
): Promise<BackendInfo> {
  const threads = await startWasm(path);
  return { choice, name: 'wasm', adapter: '', fallback: false, threads, maxBufferBytes: 0, reasons };
}

async function startOnWebGpu(
  choice: BackendChoice,
  { reasons }: Selection,
  adapter: GPUAdapter,
  onLost: (problem: Problem) => void,
): Promise<BackendInfo> {
  // Loaded here only: the backend is large, and its module registers itself on the browser's own adapter.
  const { startWebGpu } = await import('./webgpu.ts');
  const { limits } = await startWebGpu(adapter, onLost);
  return {
    choice,
    name: 'webgpu',
    adapter: describeAdapter(adapter),
    fallback: isFallback(adapter),
    threads: 1,
    maxBufferBytes: Math.min(limits.maxBufferSize, limits.maxStorageBufferBindingSize),
    reasons,
  };
}

/**
 * Starts the chosen backend, or starts it again after a loss, and registers the gradients and kernels of training.
 * `auto` and a choice of WebGPU that cannot be had come to WebAssembly, and `reasons` say why.
 */
export async function startBackend(choice: BackendChoice, options: StartOptions = {}): Promise<BackendInfo> {
  registerGradients();
  const gpu = 'gpu' in options ? options.gpu : browserGpu();
  const selection = await selectBackend(choice, gpu);
  const { adapter } = selection;
  if (selection.name === 'wasm' || !adapter) return startOnWasm(choice, selection.reasons, options.wasmPath);
  const settled = choice === 'auto' ? options.settled : undefined;
  const reasons = [...selection.reasons, ...(settled?.reasons ?? [])];
  const real = isFallback(adapter) ? {} : ({ webgpu: isIntegrated(adapter) ? 'integrated' : 'other' } as const);
  if (settled?.name === 'wasm') return { ...(await startOnWasm(choice, reasons, options.wasmPath)), ...real };
  try {
    return {
      ...(await startOnWebGpu(choice, { ...selection, reasons }, adapter, options.onLost ?? (() => {}))),
      ...real,
    };
  } catch (error) {
    if (!(error instanceof ProblemError)) throw error;
    const reason: Problem = { ...error.problem, severity: 'warning' };
    return startOnWasm(choice, [...reasons, reason], options.wasmPath);
  }
}

/** Lets the GPU go, with every tensor on it. WebAssembly's heap stays: it cannot be given back. */
export async function stopBackend(): Promise<void> {
  const { stopWebGpu } = await import('./webgpu.ts');
  stopWebGpu();
}
