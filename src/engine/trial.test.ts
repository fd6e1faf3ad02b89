import { describe, expect, it } from 'vitest';
import type { BackendInfo, SettledBackend } from '../protocol/backend.ts';
import { inDoubt, settledBackend, stepFlops, type TrialOf, trialKey, verdict } from './trial.ts';

const LARGE = 1e11;
const SMALL = 1e7;

const info = (changed: Partial<BackendInfo> = {}): BackendInfo => ({
  choice: 'auto',
  name: 'webgpu',
  adapter: 'acme anvil-2',
  fallback: false,
  threads: 1,
  maxBufferBytes: 2 ** 30,
  webgpu: 'other',
  reasons: [],
  ...changed,
});

const run = (flops: number, settings: object = {}): Pick<TrialOf, 'plan' | 'settings'> => ({
  plan: {
    boundary: 1,
    config: { num_labels: 3 },
    profile: { stages: [0, 1].map(() => ({ flops, backwardFlops: 2 * flops })) },
  } as unknown as TrialOf['plan'],
  settings: { batchSize: 2, cachePrefix: false, ...settings } as unknown as TrialOf['settings'],
});

/** A studio that starts at once. */
function studioOn(first: BackendInfo) {
  let started = first;
  const restarts: string[] = [];
  return {
    restarts,
    trials: new Map<string, SettledBackend>(),
    backend: async () => started,
    async settle(settled?: SettledBackend) {
      const name = settled?.name ?? 'webgpu';
      if (name !== started.name) restarts.push(name);
      started = { ...started, name, reasons: settled?.reasons ?? [] };
      return started;
    },
  };
}

const timing = (ms: Record<string, number>, asked: string[] = []) => {
  return async ({ name }: BackendInfo) => {
    asked.push(name);
    return ms[name]!;
  };
};

describe('what a step computes', () => {
  it('is the frozen part forwards and the rest both ways, for each of the batch', () => {
    expect(stepFlops(run(10))).toBe(2 * (10 + 30));
    expect(stepFlops(run(10, { cachePrefix: true }))).toBe(2 * 30);
  });
});

describe('doubt', () => {
  it.each([
    ['a card and large steps', info(), LARGE, false],
    ['a card and small steps', info(), SMALL, true],
    ['graphics of the processor', info({ webgpu: 'integrated' }), LARGE, true],
    ['a backend that a person chose', info({ choice: 'webgpu' }), SMALL, false],
    ['what has no real adapter', info({ name: 'wasm', webgpu: undefined as never }), SMALL, false],
  ])('%s', (_, backend, flops, doubt) => {
    const { webgpu, ...rest } = backend;
    expect(inDoubt(webgpu ? backend : rest, flops)).toBe(doubt);
  });
});

describe('the verdict', () => {
  it('is the faster, with what ten steps took on each', () => {
    expect(verdict({ webgpu: 12.34, wasm: 5 })).toEqual({
      name: 'wasm',
      reasons: [
        { code: 'trial-steps', severity: 'note', values: { steps: 10, webgpu: 123, wasm: 50, chosen: 'WASM' } },
      ],
    });
    expect(verdict({ webgpu: 4, wasm: 5 })?.name).toBe('webgpu');
  });

  it('is the one that works where the other fails, and none where neither does', () => {
    expect(verdict({ webgpu: undefined, wasm: 5 })?.name).toBe('wasm');
    expect(verdict({ webgpu: 5, wasm: undefined })?.name).toBe('webgpu');
    expect(verdict({ webgpu: undefined, wasm: undefined })).toBeUndefined();
  });
});

describe('the backend of a run', () => {
  it('is tried on both once for each model with its settings', async () => {
    const studio = studioOn(info());
    const asked: string[] = [];
    const time = timing({ webgpu: 9, wasm: 3 }, asked);
    const first = await settledBackend(studio, run(SMALL), time);
    expect([first.name, first.reasons.map(({ code }) => code)]).toEqual(['wasm', ['trial-steps']]);
    expect(asked).toEqual(['webgpu', 'wasm']);
    expect((await settledBackend(studio, run(SMALL), time)).name).toBe('wasm');
    expect(asked).toHaveLength(2);
    await settledBackend(studio, run(SMALL, { batchSize: 4 }), time);
    expect(asked).toHaveLength(4);
  });

  it('goes back to WebGPU where that is faster, and where there is no doubt', async () => {
    const studio = studioOn(info());
    expect((await settledBackend(studio, run(SMALL), timing({ webgpu: 2, wasm: 3 }))).name).toBe('webgpu');
    expect(studio.restarts).toEqual(['wasm', 'webgpu']);
    await settledBackend(studio, run(SMALL, { batchSize: 4 }), timing({ webgpu: 9, wasm: 3 }));
    const large = await settledBackend(studio, run(LARGE), timing({}));
    expect([large.name, large.reasons]).toEqual(['webgpu', []]);
  });

  it('is WebGPU untried where there is no doubt', async () => {
    const studio = studioOn(info());
    const asked: string[] = [];
    await settledBackend(studio, run(LARGE), timing({}, asked));
    expect([asked, studio.restarts]).toEqual([[], []]);
  });

  it('is the other where a trial fails', async () => {
    const time = ({ name }: BackendInfo) =>
      name === 'webgpu' ? Promise.reject(new Error('lost')) : Promise.resolve(9);
    expect((await settledBackend(studioOn(info()), run(SMALL), time)).name).toBe('wasm');
  });
});

describe('runs alike', () => {
  it('differ by what makes their steps faster or slower', () => {
    const key = (settings: object) => trialKey(run(1, settings));
    expect(key({ learningRate: 1 })).toBe(key({ learningRate: 2 }));
    expect(key({ optimizer: 'sgd' })).not.toBe(key({ optimizer: 'adamw' }));
  });
});
