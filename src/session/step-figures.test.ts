import { describe, expect, it } from 'vitest';
import type { StepProfile } from '../protocol/step-profile.ts';
import { dispatchesOf, groupsOf, idleShare, limitsOf, ratesOf, roundedMs } from './step-figures.ts';
import { profileOf } from './testing/profiles.ts';

const profile = (patch: Partial<StepProfile> = {}): StepProfile =>
  profileOf({
    stepMs: 10,
    batchMs: 0.1,
    javascriptMs: 2,
    kernels: [
      { kernel: 'linear.backward', group: 'product', count: 4, ms: 4 },
      { kernel: 'linear.forward', group: 'product', count: 4, ms: 2 },
      { kernel: 'norm.forward', group: 'norm', count: 2, ms: 1 },
      { kernel: 'optimizer.adamw', group: 'optimizer', count: 1, ms: 1 },
    ],
    flops: { forward: 1e9, backward: 2e9 },
    peak: { side: 1024, flopsPerSecond: 1e12 },
    ...patch,
  });
/** Kernels that take so many milliseconds together, in products and in norms. */
const kernels = (product: number, norm: number): StepProfile['kernels'] => [
  { kernel: 'linear.forward', group: 'product', count: 2, ms: product },
  { kernel: 'norm.forward', group: 'norm', count: 2, ms: norm },
];
const codes = (patch: Partial<StepProfile>) => limitsOf(profile(patch)).map(({ code }) => code);

describe('a profiled step', () => {
  it('is divided by what kernels are for', () => {
    expect(groupsOf(profile())).toEqual([
      { group: 'product', count: 8, ms: 6, share: 0.6 },
      { group: 'norm', count: 2, ms: 1, share: 0.1 },
      { group: 'optimizer', count: 1, ms: 1, share: 0.1 },
    ]);
    expect(idleShare(profile())).toBeCloseTo(0.2);
    expect(dispatchesOf(profile())).toBe(11);
  });

  it('whose kernels took longer while they were timed than the step takes without, never shares more than all', () => {
    const slow = profile({ stepMs: 4 });
    expect(groupsOf(slow).reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1);
    expect(idleShare(slow)).toBe(0);
  });

  it('is held against the peak', () => {
    const { flops, achieved, mfu, inProducts } = ratesOf(profile());
    expect([flops, achieved]).toEqual([3e9, 3e11]);
    expect(mfu).toBeCloseTo(0.3);
    // 3e9 in 6 ms
    expect(inProducts).toBeCloseTo(0.5);
    expect(ratesOf(profile({ clock: 'none' })).inProducts).toBeUndefined();
  });

  it('says what limits it', () => {
    expect(limitsOf(profile())).toEqual([
      { code: 'group', group: 'product', share: 0.6 },
      { code: 'partly', share: 0.5 },
    ]);
    expect(codes({ batchMs: 6 })[0]).toBe('batch');
    expect(codes({ kernels: kernels(3, 1), javascriptMs: 9 })[0]).toBe('javascript');
    expect(codes({ kernels: kernels(3, 1), javascriptMs: 3 })[0]).toBe('handing');
    expect(codes({ kernels: kernels(3, 1), clock: 'processor', javascriptMs: 10 })[0]).toBe('between');
    // what computes little for each number that it reads
    expect(codes({ kernels: kernels(3, 6) })).toEqual(['group', 'memory']);
    expect(codes({ stepMs: 0.06, batchMs: 0, kernels: kernels(0.01, 0.03) })).toEqual(['group', 'starts']);
    expect(codes({ kernels: kernels(4, 2) })).toEqual(['group', 'near']);
    expect(codes({ kernels: kernels(8, 1), flops: { forward: 1e8, backward: 2e8 } })).toEqual(['group', 'small']);
  });

  it('says less where nothing times the kernels', () => {
    const untimed = {
      clock: 'none',
      kernels: [{ kernel: 'linear', group: 'product', count: 3, ms: undefined }],
    } as const;
    expect(codes(untimed)).toEqual(['untimed']);
    expect(codes({ ...untimed, javascriptMs: 9 })).toEqual(['javascript']);
    expect(groupsOf(profile(untimed))).toEqual([]);
    expect(idleShare(profile(untimed))).toBeUndefined();
  });

  it('knows a clock that the browser rounds', () => {
    expect(roundedMs(profile())).toBe(0.1);
    expect(roundedMs(profile({ kernels: kernels(3.0123, 1) }))).toBeUndefined();
  });
});
