/** What a profiled step comes to: shares, rates, and what limits it. Pure. */
import { sum } from '../lib/arrays.ts';
import { KERNEL_GROUPS, type KernelGroup, quickerHalf, type StepProfile } from '../protocol/step-profile.ts';

/** Kernels of one kind together. */
export interface GroupShare {
  group: KernelGroup;
  count: number;
  ms: number;
  /** Of the step's time. */
  share: number;
}

/** Milliseconds of all kernels of a step; undefined where nothing times them. */
const kernelMs = ({ clock, kernels }: StepProfile): number | undefined =>
  clock === 'none' ? undefined : sum(kernels.map(({ ms = 0 }) => ms));

/**
 * What shares are of: the step as it always goes, or what its kernels take together where that is longer, which timing them
 * does.
 */
export const wholeMs = (profile: StepProfile): number => Math.max(profile.stepMs, kernelMs(profile) ?? 0);

/** The kernels by kind, the greatest first; none where nothing times them. */
export function groupsOf(profile: StepProfile): GroupShare[] {
  const whole = wholeMs(profile);
  if (profile.clock === 'none' || whole === 0) return [];
  return KERNEL_GROUPS.flatMap((group) => {
    const own = profile.kernels.filter((kernel) => kernel.group === group);
    if (own.length === 0) return [];
    const ms = sum(own.map((kernel) => kernel.ms ?? 0));
    return [{ group, count: sum(own.map(({ count }) => count)), ms, share: ms / whole }];
  }).sort((a, b) => b.ms - a.ms);
}

/** Share of the step in which no kernel runs; undefined where nothing times them. */
export function idleShare(profile: StepProfile): number | undefined {
  const ms = kernelMs(profile);
  return ms === undefined || profile.stepMs <= 0 ? undefined : Math.max(0, 1 - ms / profile.stepMs);
}

export const dispatchesOf = ({ kernels }: StepProfile): number => sum(kernels.map(({ count }) => count));

export interface Rates {
  /** Floating point operations of a step. */
  flops: number;
  /** A second. */
  achieved: number;
  peak: number;
  /** Model FLOPs utilization: what is achieved over the peak (Chowdhery et al. 2022, appendix B). */
  mfu: number;
  /** The same while products, convolutions and attention run; undefined where nothing times them. */
  inProducts: number | undefined;
}

const MULTIPLIES: ReadonlySet<KernelGroup> = new Set(['product', 'convolution', 'attention']);

export function ratesOf(profile: StepProfile): Rates {
  const { flops: counted, stepMs, peak, kernels, clock } = profile;
  const flops = counted.forward + counted.backward;
  const achieved = flops / (stepMs / 1000);
  const ms = sum(kernels.map(({ group, ms: own = 0 }) => (MULTIPLIES.has(group) ? own : 0)));
  const timed = clock !== 'none' && ms > 0;
  return {
    flops,
    achieved,
    peak: peak.flopsPerSecond,
    mfu: achieved / peak.flopsPerSecond,
    inProducts: timed ? flops / (ms / 1000) / peak.flopsPerSecond : undefined,
  };
}

/** What holds the step up, and what the kernels then do with the device. */
export type Limit =
  | { code: 'batch' | 'javascript' | 'between' | 'handing'; share: number }
  | { code: 'group'; group: KernelGroup; share: number }
  | { code: 'untimed' }
  | { code: 'starts' | 'memory' }
  | { code: 'small' | 'partly' | 'near'; share: number };

/** A step that waits for as much of its time is limited by that. */
const MUCH = 0.5;
/** JavaScript that takes as much of a step leaves no room for anything else to be slower. */
const NEARLY_ALL = 0.7;
/** A kernel that takes less has hardly begun: starting one takes as long. */
const SHORT_MS = 0.02;
/** Shares of the peak from which products fill the device in part, or nearly. */
const RATE = { partly: 0.25, near: 0.6 };

/** One or two findings, the first about the step's time and the second about its products. */
export function limitsOf(profile: StepProfile): Limit[] {
  const first = limitOfTime(profile);
  const { inProducts } = ratesOf(profile);
  if (first.code === 'group' && !MULTIPLIES.has(first.group)) {
    const { ms, count } = groupsOf(profile)[0]!;
    return [first, { code: ms / count < SHORT_MS ? 'starts' : 'memory' }];
  }
  if (inProducts === undefined) return [first];
  const code = inProducts >= RATE.near ? 'near' : inProducts >= RATE.partly ? 'partly' : 'small';
  return [first, { code, share: Math.min(1, inProducts) }];
}

function limitOfTime(profile: StepProfile): Limit {
  const { stepMs, batchMs, javascriptMs, clock } = profile;
  const idle = idleShare(profile);
  const [batch, javascript] = [batchMs / stepMs, javascriptMs / stepMs];
  if (batch >= MUCH) return { code: 'batch', share: batch };
  if (idle === undefined)
    return javascript >= NEARLY_ALL ? { code: 'javascript', share: javascript } : { code: 'untimed' };
  if (idle >= MUCH) {
    if (clock === 'processor') return { code: 'between', share: idle };
    return { code: javascript >= NEARLY_ALL ? 'javascript' : 'handing', share: idle };
  }
  const [greatest] = groupsOf(profile);
  return greatest ? { code: 'group', group: greatest.group, share: greatest.share } : { code: 'untimed' };
}

/** The device's clock in steps that browsers round it to, against attacks by timing; undefined where it is finer. */
export function roundedMs({ clock, kernels, steps }: StepProfile): number | undefined {
  const ROUNDED = 0.1;
  const times = kernels.flatMap(({ ms }) => (ms ? [ms * quickerHalf(steps.timed)] : []));
  const whole = (ms: number) => Math.abs(ms / ROUNDED - Math.round(ms / ROUNDED)) < 1e-3;
  return clock === 'device' && times.length > 0 && times.every(whole) ? ROUNDED : undefined;
}
