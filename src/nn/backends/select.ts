/** Which backend a choice comes to on this machine, and why. */
import type { BackendChoice } from '../../protocol/backend.ts';
import { note, type Problem } from '../../protocol/problems.ts';

/** What is asked of `navigator.gpu`; tests give their own. */
export type Gpu = Pick<GPU, 'requestAdapter'>;

export interface Selection {
  name: 'webgpu' | 'wasm';
  adapter?: GPUAdapter;
  reasons: readonly Problem[];
}

/** The browser's WebGPU; undefined where it has none, or on a page that is not served securely. */
export const browserGpu = (): Gpu | undefined => globalThis.navigator?.gpu;

/** A browser may have WebGPU and refuse an adapter: blocked driver, crashed GPU process, policy. */
async function findAdapter(gpu: Gpu | undefined): Promise<GPUAdapter | undefined> {
  try {
    return (await gpu?.requestAdapter({ powerPreference: 'high-performance' })) ?? undefined;
  } catch {
    return undefined;
  }
}

/** A software adapter, ten and more times slower at training than WebAssembly. */
export const isFallback = (adapter: GPUAdapter): boolean =>
  adapter.info?.isFallbackAdapter ?? (adapter as { isFallbackAdapter?: boolean }).isFallbackAdapter ?? false;

/** Makers of graphics that share a processor's memory; Intel makes others too, and Apple's are fast. */
const INTEGRATED = /^(arm|qualcomm|img-tec|samsung|broadcom)$/;
const INTEL_CARDS = /^xe-.*hpg/;

/** Whether the adapter is a processor's own, as far as its browser tells. */
export const isIntegrated = ({ info }: GPUAdapter): boolean =>
  INTEGRATED.test(info?.vendor ?? '') || (info?.vendor === 'intel' && !INTEL_CARDS.test(info.architecture ?? ''));

/** The adapter's own words, else vendor and architecture. */
export const describeAdapter = ({ info }: GPUAdapter): string =>
  info?.description || [info?.vendor, info?.architecture].filter(Boolean).join(' ') || 'WebGPU';

/** `auto`: WebGPU on a real adapter, else WebAssembly. WebGPU asked for: on any adapter. */
export async function selectBackend(choice: BackendChoice, gpu: Gpu | undefined): Promise<Selection> {
  if (choice === 'wasm') return { name: 'wasm', reasons: [] };
  const adapter = await findAdapter(gpu);
  if (!adapter) return { name: 'wasm', reasons: [note('no-webgpu')] };
  if (!isFallback(adapter)) return { name: 'webgpu', adapter, reasons: [] };
  const reasons = [note('fallback-adapter', { adapter: describeAdapter(adapter) })];
  return choice === 'webgpu' ? { name: 'webgpu', adapter, reasons } : { name: 'wasm', reasons };
}
