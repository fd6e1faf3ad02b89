import type { Architecture } from '../nn/core.ts';
import type { Input } from '../nn/input.ts';
import { fromDisk } from '../nn/layout.ts';
import type { Network } from '../nn/network.ts';
import { profile } from '../nn/profile.ts';
import { Weights, type WeightValues } from '../nn/weights.ts';
import { architectureOf, type LoadedModel } from './model.ts';

/** The head that a model came with: frozen, and kept beside the new one so that what was forgotten can be scored. */
export interface OldHead {
  /** Logits of the old labels for an input, by the tuned network under its old head. */
  logits(network: Network, input: Input): Promise<Float32Array>;
  dispose(): void;
}

/** `head` names the weights that a new head replaced. */
export function oldHead(model: LoadedModel, head: ReadonlySet<string>): OldHead {
  const architecture: Architecture = architectureOf(model.config);
  const specs = new Map([...profile(architecture).weights].filter(([name]) => head.has(name)));
  const weights = new Weights(specs, headValues(model, specs));
  return {
    async logits(network, input) {
      const weight = (name: string) => (head.has(name) ? weights.get(name) : network.weights.get(name));
      const output = network.output(input, { weight }, architecture);
      const data = (await output.data()) as Float32Array;
      output.dispose();
      return data;
    },
    dispose: () => weights.dispose(),
  };
}

function headValues(model: LoadedModel, specs: Weights['specs']): WeightValues {
  return new Map(
    [...specs].map(([name, spec]) => {
      const raw = model.file.get(name);
      const data = raw && fromDisk(raw, spec);
      if (!data) throw new Error(`${model.summary.name} has no head weight ${name}`);
      return [name, data];
    }),
  );
}
