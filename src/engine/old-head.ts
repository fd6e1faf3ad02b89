import type { Architecture, WeightSpec } from '../nn/core.ts';
import type { Input } from '../nn/input.ts';
import { fromDisk } from '../nn/layout.ts';
import type { Network } from '../nn/network.ts';
import { profile, weightUses } from '../nn/profile.ts';
import { Weights, type WeightValues } from '../nn/weights.ts';
import { architectureOf, type LoadedModel } from './model.ts';

/** The head that a model came with: frozen, and kept beside the new one so that what was forgotten can be scored. */
export interface OldHead {
  /** Logits of the old labels for an input, by the tuned network under its old head. */
  logits(network: Network, input: Input): Promise<Float32Array>;
  dispose(): void;
}

/** The weights that only the last stage of a model reads, in the head that it came with. */
export function ownHead(architecture: Architecture): ReadonlyMap<string, WeightSpec> {
  const shape = profile(architecture);
  const last = architecture.stages.length - 1;
  const names = weightUses(shape).filter(({ stages }) => stages.length === 1 && stages[0] === last);
  return new Map(names.map(({ name, spec }) => [name, spec]));
}

/** Of a model that has one. */
export function oldHead(model: LoadedModel): OldHead {
  const architecture: Architecture = architectureOf(model.config);
  const head = ownHead(architecture);
  const weights = new Weights(head, headValues(model, head));
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
