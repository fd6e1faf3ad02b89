import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { note } from '../../protocol/problems.ts';
import { startBackend } from './index.ts';
import { describeAdapter, type Gpu, isIntegrated, selectBackend } from './select.ts';
import { deviceDescriptor, tooSmall } from './webgpu.ts';

const GIB = 1024 ** 3;
const LIMITS = {
  maxBufferSize: GIB,
  maxStorageBufferBindingSize: GIB,
  maxStorageBuffersPerShaderStage: 10,
  maxComputeWorkgroupStorageSize: 32768,
  maxComputeInvocationsPerWorkgroup: 256,
  maxComputeWorkgroupSizeX: 256,
  maxComputeWorkgroupSizeY: 256,
  maxComputeWorkgroupsPerDimension: 65535,
};
const INFO = { vendor: 'acme', architecture: 'anvil-2', device: '', description: '', isFallbackAdapter: false };

function fakeAdapter(info: Partial<typeof INFO> = {}, limits: Partial<typeof LIMITS> = {}): GPUAdapter {
  return {
    info: { ...INFO, ...info },
    limits: { ...LIMITS, ...limits },
    features: new Set(['subgroups', 'texture-compression-bc']),
  } as unknown as GPUAdapter;
}
const offering = (adapter: GPUAdapter | null): Gpu => ({ requestAdapter: async () => adapter });
const codes = (reasons: readonly { code: string; severity: string }[]): string[] =>
  reasons.map(({ code, severity }) => `${severity} ${code}`);

describe('which backend', () => {
  it('auto takes a real adapter', async () => {
    const adapter = fakeAdapter();
    expect(await selectBackend('auto', offering(adapter))).toEqual({ name: 'webgpu', adapter, reasons: [] });
  });

  it('auto prefers WebAssembly to a software adapter, and says so', async () => {
    const { name, reasons } = await selectBackend('auto', offering(fakeAdapter({ isFallbackAdapter: true })));
    expect([name, ...codes(reasons)]).toEqual(['wasm', 'note fallback-adapter']);
  });

  it('a person may choose the software adapter', async () => {
    const { name, reasons } = await selectBackend('webgpu', offering(fakeAdapter({ isFallbackAdapter: true })));
    expect([name, ...codes(reasons)]).toEqual(['webgpu', 'note fallback-adapter']);
  });

  it.each([
    ['no WebGPU', undefined],
    ['no adapter', offering(null)],
    ['a refusal', { requestAdapter: () => Promise.reject(new Error('blocked')) }],
  ])('%s comes to WebAssembly', async (_, gpu) => {
    for (const choice of ['auto', 'webgpu'] as const) {
      const { name, reasons } = await selectBackend(choice, gpu);
      expect([name, ...codes(reasons)]).toEqual(['wasm', 'note no-webgpu']);
    }
  });

  it('WebAssembly asks for no adapter', async () => {
    const gpu = { requestAdapter: () => Promise.reject(new Error('asked')) };
    expect(await selectBackend('wasm', gpu)).toEqual({ name: 'wasm', reasons: [] });
  });
});

describe('an adapter', () => {
  it('is named by its description, else by vendor and architecture', () => {
    expect(describeAdapter(fakeAdapter({ description: 'Anvil 9000' }))).toBe('Anvil 9000');
    expect(describeAdapter(fakeAdapter())).toBe('acme anvil-2');
    expect(describeAdapter(fakeAdapter({ vendor: '', architecture: '' }))).toBe('WebGPU');
  });

  it('is asked for its own limits and the features that it has', () => {
    const { requiredLimits, requiredFeatures } = deviceDescriptor(fakeAdapter());
    expect(requiredLimits).toEqual(LIMITS);
    expect(requiredFeatures).toEqual(['subgroups']);
  });

  it.each([
    ['maxStorageBufferBindingSize', 64 * 1024 ** 2, 128 * 1024 ** 2],
    ['maxComputeInvocationsPerWorkgroup', 128, 256],
  ] as const)('is too small by %s', (limit, have, need) => {
    expect(tooSmall({ ...LIMITS, [limit]: have })?.values).toEqual({ limit, have, need });
    expect(tooSmall({ ...LIMITS, [limit]: need })).toBeUndefined();
  });
});

describe("a processor's own graphics", () => {
  it.each([
    ['intel', 'gen-12lp', true],
    ['intel', 'xe-2hpg', false],
    ['qualcomm', 'adreno-6xx', true],
    ['apple', 'common-3', false],
    ['nvidia', 'ampere', false],
    ['', '', false],
  ])('%s %s: %s', (vendor, architecture, expected) => {
    expect(isIntegrated(fakeAdapter({ vendor, architecture }))).toBe(expected);
  });

  it('are told beside WebAssembly where a trial settled on it', async () => {
    const settled = { name: 'wasm', reasons: [note('trial-steps', { steps: 10 })] } as const;
    const gpu = offering(fakeAdapter({ vendor: 'intel', architecture: 'gen-9' }));
    const info = await startBackend('auto', { gpu, settled });
    expect(info).toMatchObject({ choice: 'auto', name: 'wasm', webgpu: 'integrated' });
    expect(codes(info.reasons)).toEqual(['note trial-steps']);
    const chosen = await startBackend('wasm', { gpu, settled });
    expect(chosen.reasons).toEqual([]);
  });
});

describe('startBackend without a usable GPU', () => {
  it('computes on WebAssembly and gives the reason', async () => {
    const info = await startBackend('webgpu', { gpu: undefined });
    expect(info).toMatchObject({ choice: 'webgpu', name: 'wasm', adapter: '', fallback: false, threads: 1 });
    expect(codes(info.reasons)).toEqual(['note no-webgpu']);
    expect(tf.getBackend()).toBe('wasm');
  });

  it('goes on with WebAssembly when the adapter is too small', async () => {
    const small = fakeAdapter({}, { maxComputeInvocationsPerWorkgroup: 64 });
    const info = await startBackend('auto', { gpu: offering(small) });
    expect(info.name).toBe('wasm');
    expect(codes(info.reasons)).toEqual(['warning adapter-too-small']);
    expect(info.reasons[0]?.values).toEqual({ limit: 'maxComputeInvocationsPerWorkgroup', have: 64, need: 256 });
  });

  it('can be started again', async () => {
    await startBackend('wasm');
    const info = await startBackend('wasm');
    expect(info.reasons).toEqual([]);
    expect(Array.from(tf.matMul(tf.ones([2, 3]), tf.ones([3, 1])).dataSync())).toEqual([3, 3]);
  });
});
