/** What a training step computes, counted from the architecture: nothing is measured. */
import type { Architecture } from './core.ts';
import { profile } from './profile.ts';

export interface StepFlops {
  forward: number;
  backward: number;
}

/**
 * Floating point operations of matrix products and convolutions in a step on one batch of so many `sizes`; a multiply-add
 * is two. Forward from stage `from` on, what is before being cached; backward as much again for each factor of a product
 * that a gradient is wanted of, so three times the forward pass where everything trains, and less where something is
 * frozen. What is computed a second time (gradient checkpointing) is not counted (Chowdhery et al. 2022, appendix B).
 */
export function stepFlops(
  architecture: Architecture,
  sizes: Readonly<Record<string, number>>,
  trainable: ReadonlySet<string>,
  from = 0,
): StepFlops {
  const { stages } = profile(architecture, sizes, trainable);
  const counted = stages.slice(from).map(({ productFlops }) => productFlops);
  return {
    forward: counted.reduce((sum, { forward }) => sum + forward, 0),
    backward: counted.reduce((sum, { backward }) => sum + backward, 0),
  };
}
