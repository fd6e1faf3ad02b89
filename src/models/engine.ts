import type { Architecture, WeightSpec } from '../nn/core.ts';
import type { CheckpointForm } from './checkpoint.ts';

/** `config.json` as it was read: checked by the architecture it names. */
export type ModelConfig = Readonly<Record<string, unknown>> & { architecture: string; num_labels: number };

/** What the engine knows of an architecture. */
export interface ModelEngine {
  /** Throws a `ProblemError` `model-config` naming the field. `num_labels` sizes the head. */
  architecture(config: ModelConfig): Architecture;
  /** Tokens that it takes at most, where it takes texts. Throws `model-config`. */
  context?(config: ModelConfig): number;
  /** Standard deviation of a weight's first values, where the architecture's source has another than `nn/weights.ts`. */
  deviation?(config: ModelConfig): (name: string, spec: WeightSpec) => number | undefined;
  /** Where it takes checkpoints of other people. */
  checkpoint?: CheckpointForm;
}
