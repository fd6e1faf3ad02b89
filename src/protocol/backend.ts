import type { Problem } from './problems.ts';

export const BACKEND_CHOICES = ['auto', 'webgpu', 'wasm'] as const;
export type BackendChoice = (typeof BACKEND_CHOICES)[number];
export type BackendName = 'webgpu' | 'wasm' | 'cpu';

/** What the engine computes on, for the page to name. */
export interface BackendInfo {
  choice: BackendChoice;
  name: BackendName;
  /** The adapter's own words (`info.description`, else vendor and architecture); empty off WebGPU. */
  adapter: string;
  /** A software adapter: slower than WASM. */
  fallback: boolean;
  /** Threads that WASM uses; 1 elsewhere. */
  threads: number;
  /** Largest buffer that the device binds, in bytes; 0 off WebGPU. */
  maxBufferBytes: number;
  /** What WebGPU's adapter is, where there is a real one: one of the processor's own may be slower than WASM. */
  webgpu?: 'integrated' | 'other';
  /** Why `auto`, or a choice that could not be had, came to this. */
  reasons: readonly Problem[];
}

/** What a trial found: the backend that `auto` takes for a run, and why. */
export interface SettledBackend {
  name: 'webgpu' | 'wasm';
  reasons: readonly Problem[];
}
