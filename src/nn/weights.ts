import * as tf from '@tensorflow/tfjs-core';
import { normal, seedOf, uniform } from '../lib/random.ts';
import { assignValues } from './assign.ts';
import type { WeightSpec } from './core.ts';
import { trainingBackend } from './kernels/backend.ts';
import { sizeOf } from './profile.ts';

/** Values of weights by name, in memory's layout, on the CPU. */
export type WeightValues = ReadonlyMap<string, Float32Array>;

/** Values that one output is made of; in a depthwise kernel, [h, w, channels, 1], each channel is made of itself alone. */
const fanIn = ({ shape, stored }: WeightSpec): number =>
  sizeOf(stored === 'oihw-depthwise' ? shape.slice(0, 2) : shape.slice(0, -1));

/**
 * First values of a weight that no file gives. `normal` is He et al. 2015 for kernels (standard deviation
 * sqrt(2 / fan in)) and 0.02 for tables (Devlin et al. 2019), or has the `deviation` that is given; `uniform` lies between
 * -1 / sqrt(fan in) and 1 / sqrt(fan in), which is what PyTorch's linear layers begin with. Drawn from (seed, name).
 */
export function initial(
  name: string,
  spec: WeightSpec,
  seed: number,
  deviation: number = spec.role === 'table' ? 0.02 : Math.sqrt(2 / fanIn(spec)),
): Float32Array {
  const data = new Float32Array(sizeOf(spec.shape));
  if (spec.init === 'ones') return data.fill(1);
  if (spec.init === 'zeros') return data;
  const drawn = seedOf(seed, 0, `init.${name}`);
  if (spec.init === 'uniform') {
    const next = uniform(drawn);
    return data.map(() => (2 * next() - 1) / Math.sqrt(fanIn(spec)));
  }
  const next = normal(drawn);
  for (let i = 0; i < data.length; i++) data[i] = deviation * next();
  return data;
}

/** The weights of one network on the device: the only place that makes `tf.Variable`s of a model. */
export class Weights {
  private readonly variables = new Map<string, tf.Variable>();
  readonly specs: ReadonlyMap<string, WeightSpec>;

  constructor(specs: ReadonlyMap<string, WeightSpec>, values: WeightValues) {
    this.specs = specs;
    for (const [name, spec] of specs) {
      const data = values.get(name);
      if (!data) throw new Error(`no values for weight ${name}`);
      const variable = tf.tidy(() => tf.variable(tf.tensor(data, [...spec.shape]), false));
      // norms and biases are read by kernels that take floats
      if (spec.shape.length > 1) trainingBackend()?.mayBeHalves.add(variable.dataId);
      this.variables.set(name, variable);
    }
  }

  get bytes(): number {
    return [...this.variables.values()].reduce((sum, { size }) => sum + 4 * size, 0);
  }

  /** In the network's order. */
  get all(): readonly tf.Variable[] {
    return [...this.variables.values()];
  }

  get(name: string): tf.Variable {
    const variable = this.variables.get(name);
    if (!variable) throw new Error(`no weight ${name}`);
    return variable;
  }

  /** Copies to the CPU; nothing on the device is shared with them. */
  async read(names: Iterable<string>): Promise<Map<string, Float32Array>> {
    const list = [...names];
    const values = await Promise.all(list.map((name) => this.get(name).data() as Promise<Float32Array>));
    return new Map(list.map((name, i) => [name, values[i]!.slice()]));
  }

  write(values: WeightValues): void {
    for (const [name, data] of values) assignValues(this.get(name), data);
  }

  dispose(): void {
    for (const variable of this.variables.values()) variable.dispose();
    this.variables.clear();
  }
}
