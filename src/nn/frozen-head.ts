import type * as tf from '@tensorflow/tfjs-core';
import type { Architecture, Stage, Values, WeightSpec } from './core.ts';
import type { Network } from './network.ts';
import { profile } from './profile.ts';
import { Weights, type WeightValues } from './weights.ts';

/** The last stage of a model as it came, on the body of a network that was tuned from it. */
export class FrozenHead {
  private readonly stage: Stage;
  private readonly output: string;
  private readonly weights: Weights;

  /** `frozen`: weights that the network has not, or has anew; the head reads the others from the network. */
  constructor(architecture: Architecture, values: WeightValues, frozen: ReadonlySet<string>) {
    const specs: ReadonlyMap<string, WeightSpec> = profile(architecture).weights;
    this.stage = architecture.stages.at(-1)!;
    this.output = architecture.output;
    this.weights = new Weights(new Map([...specs].filter(([name]) => frozen.has(name))), values);
  }

  /** Of what the stages before the last gave; under a tape too. */
  logits(network: Network, values: Values<tf.Tensor>): tf.Tensor {
    const { specs } = this.weights;
    const weight = (name: string) => (specs.has(name) ? this.weights.get(name) : network.weights.get(name));
    return this.stage.run(network.ops({ weight }), values)[this.output]!;
  }

  dispose(): void {
    this.weights.dispose();
  }
}
