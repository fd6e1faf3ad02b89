import type { Architecture, Method, WeightUse } from '../nn/core.ts';
import { profile } from '../nn/profile.ts';
import type { OptionValues } from '../protocol/options.ts';

/**
 * The options of `DEPTH_OPTIONS` (Howard and Ruder 2018, section 3.3). Discriminative fine-tuning: the learning rate of a
 * stage is that of the one after it times `layerDecay`. Gradual unfreezing: the last stage moves alone in the first
 * epoch, and each epoch one more joins. Stages without weights are passed over; a weight that several stages read is of
 * the first of them.
 */
export function byDepth({ layerDecay = 1, gradual = false }: OptionValues, base: Architecture): Partial<Method> {
  const decay = Number(layerDecay);
  if (decay === 1 && !gradual) return {};
  const full = profile(base).stages.map(({ weights }) => weights.length > 0);
  /** Stages with weights behind the one that it is of. */
  const depth = ({ stages }: WeightUse): number => full.slice(Math.min(...stages) + 1).filter(Boolean).length;
  return {
    ...(decay === 1 ? {} : { rate: (weight) => decay ** depth(weight) }),
    ...(gradual ? { moves: (weight, _, epoch) => depth(weight) < epoch } : {}),
  };
}
