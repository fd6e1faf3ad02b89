import type { Architecture } from '../nn/core.ts';
import { type Profile, profile } from '../nn/profile.ts';
import type { ProbeKind } from '../protocol/model.ts';
import type { RunSettings } from '../protocol/run.ts';
import type { Plan } from './plan.ts';
import { cachedRows, type ViewSettings } from './views.ts';

/** Of a run's floating point operations, what looking at the old task may take: with the probes' preparation, less than a tenth of its time. */
const SHARE = 0.06;
/** Fewer probes than these say too little, however short the run is. */
const FEWEST: Readonly<Record<ProbeKind, number>> = { labels: 40, answers: 12, neighbours: 12, text: 2 };

/** How the old task is looked at: by the first `count` probes, after each `every`-th epoch, before the first and after the last. */
export interface Looks {
  count: number;
  every: number;
}

const sum = (stages: Profile['stages'], of: 'flops' | 'backwardFlops'): number =>
  stages.reduce((n, stage) => n + stage[of], 0);

export interface RunCost {
  plan: Plan;
  settings: Pick<RunSettings, 'epochs'> & ViewSettings;
  examples: { train: number; validation: number };
  /** Tokens of an example, in the mean; 1 of what is no text. */
  length: number;
  /** The frozen prefix is run once. */
  cached: boolean;
}

/** Floating point operations of a run through all its epochs, validations included. */
export function runFlops({ plan, settings, examples, length, cached }: RunCost): number {
  const { architecture, boundary, trainable } = plan;
  const { stages } = profile(architecture, { B: 1, T: length }, trainable);
  const [prefix, rest] = [stages.slice(0, boundary), stages.slice(boundary)];
  const { epochs } = settings;
  const seen = epochs * examples.train + (epochs + 1) * examples.validation;
  const through = cached ? cachedRows(settings, examples) : seen;
  return (
    through * sum(prefix, 'flops') + seen * sum(rest, 'flops') + epochs * examples.train * sum(rest, 'backwardFlops')
  );
}

export interface LookCost {
  /** What the probes are run through. */
  architecture: Architecture;
  /** Of what is frozen in front, which they go through once; 0 where nothing is. */
  boundary: number;
  length: number;
  /** The original model answers too, once. */
  compares: boolean;
}

/** Floating point operations of one probe: for all looks together, and for each. */
export function lookFlops({ architecture, boundary, length, compares }: LookCost): { once: number; each: number } {
  const { stages } = profile(architecture, { B: 1, T: length });
  const [prefix, rest] = [sum(stages.slice(0, boundary), 'flops'), sum(stages.slice(boundary), 'flops')];
  return { once: prefix + (compares ? rest : 0), each: rest };
}

/**
 * The most probes, and then the most looks, that cost a run no more than `SHARE`. A function of the run's settings and the
 * shapes alone, so that a run repeats whatever the machine. A run too short for the fewest has these, and as many looks as
 * cost no more than the first, and one at its end.
 */
export function chooseLooks(
  run: number,
  probe: { once: number; each: number },
  { kind, count, epochs }: { kind: ProbeKind; count: number; epochs: number },
): Looks {
  const room = SHARE * run;
  const looking = (every: number) => (1 + Math.ceil(epochs / every)) * probe.each;
  const fewest = Math.min(count, FEWEST[kind]);
  const intervals = Array.from({ length: Math.max(1, epochs) }, (_, i) => i + 1);
  for (const every of intervals) {
    const most = Math.floor(room / (probe.once + looking(every)));
    if (most >= fewest) return { count: Math.min(count, most), every };
  }
  return { count: fewest, every: intervals.find((every) => looking(every) <= probe.once) ?? Math.max(1, epochs) };
}
