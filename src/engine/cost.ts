import type { PlanSummary } from '../protocol/model.ts';
import type { RunSettings } from '../protocol/run.ts';
import { stepsPerEpoch } from './plan-summary.ts';
import { cachedRows } from './views.ts';

/** How fast this machine is at one model, from a probe. */
export interface Speed {
  /** Forward, batches of `PREFIX_BATCH`. */
  msPerFlop: number;
  /** From prepared pixels to the arrays that the first stage is given, for one picture. */
  inputMs: number;
  /** A step in which next to nothing trains: what a step costs whatever the network. */
  stepMs: number;
}

/**
 * Estimated seconds of a run that goes through all its epochs, by method: the frozen prefix once, every step forward and
 * backward at the speed of the forward pass, and validation at the start and after each epoch.
 */
export function secondsByMethod(
  { stages, plans }: Pick<PlanSummary, 'stages' | 'plans'>,
  settings: RunSettings,
  examples: { train: number; validation: number },
  { msPerFlop, inputMs, stepMs }: Speed,
): { method: string; seconds: number; memoryBytes: number }[] {
  const { epochs, batchSize } = settings;
  const flopsOf = (from: number, to: number) => stages.slice(from, to).reduce((sum, { flops }) => sum + flops, 0);
  return plans.map(({ method, frozenStages, cacheBytes, stepFlops, memoryBytes }) => {
    const caches = cacheBytes > 0;
    const validated = (epochs + 1) * examples.validation;
    const rows = caches ? cachedRows(settings, examples) : 0;
    const pictures = caches ? rows : epochs * examples.train + validated;
    const flops =
      rows * flopsOf(0, frozenStages) +
      epochs * (examples.train / batchSize) * stepFlops +
      validated * flopsOf(caches ? frozenStages : 0, stages.length);
    const steps = epochs * stepsPerEpoch(examples.train, batchSize);
    return { method, seconds: (flops * msPerFlop + pictures * inputMs + steps * stepMs) / 1000, memoryBytes };
  });
}
