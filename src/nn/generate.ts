import * as tf from '@tensorflow/tfjs-core';
import { upload } from './batch.ts';
import type { Values } from './core.ts';
import { KvCache } from './kv-cache.ts';
import type { Network } from './network.ts';
import { Constants, infer } from './run.ts';

/** Reads a text bit by bit and says what comes next. */
export class Reader {
  private readonly network: () => Pick<Network, 'architecture' | 'ops'>;
  private readonly cache = new KvCache();
  /** Lengths become constants as the text grows: they go with it. */
  private readonly constants = new Constants();
  private count = 0;

  /** The network is asked for at every reading: another one of the same weights may have taken its place. */
  constructor(network: () => Pick<Network, 'architecture' | 'ops'>) {
    this.network = network;
  }

  /** Tokens that were read. */
  get length(): number {
    return this.count;
  }

  /** Reads further tokens; gives the logits [V] of what follows the last of them. */
  async read(ids: readonly number[]): Promise<Float32Array> {
    this.count += ids.length;
    const network = this.network();
    const { architecture } = network;
    const { stages, output } = architecture;
    const last = stages.length - 1;
    const own = this.cache.over(network.ops({ constants: this.constants }));
    const inputs = upload({ ids: { data: Int32Array.from(ids), shape: [1, ids.length], dtype: 'int32' } });
    const before = infer(architecture, [0, last], own, inputs, stages[last]!.reads);
    const ends = atLast(before);
    tf.dispose([...Object.values(inputs), ...Object.values(before)]);
    const logits = infer(architecture, [last, last + 1], own, ends, [output])[output]!;
    tf.dispose(Object.values(ends));
    const data = (await logits.data()) as Float32Array;
    logits.dispose();
    return data;
  }

  dispose(): void {
    this.cache.dispose();
    this.constants.dispose();
  }
}

/** The values [1, T, D] of the last token alone: a head looks at each token by itself, and has a row for every word. */
const atLast = (values: Values<tf.Tensor>): Values<tf.Tensor> =>
  tf.tidy(() =>
    Object.fromEntries(
      Object.entries(values).map(([name, x]) => {
        const begin = x.shape.map((dim, axis) => (axis === 1 ? dim - 1 : 0));
        const size = x.shape.map((dim, axis) => (axis === 1 ? 1 : dim));
        return [name, x.rank > 2 ? tf.slice(x, begin, size) : tf.clone(x)];
      }),
    ),
  );

export interface Course {
  /** What the text begins with: at least one token. */
  prompt: readonly number[];
  /** Tokens to write, and tokens that the network takes at most. */
  most: number;
  context: number;
  /** Tokens that end the text; they are not given. */
  ends: ReadonlySet<number>;
  /** The token at `step` of what is written, from 0. */
  draw(logits: Float32Array, step: number): number;
}

/** Writes on, token by token; says in the end why it went no further. */
export async function* generate(reader: Reader, o: Course): AsyncGenerator<number, 'end' | 'length' | 'context'> {
  let unread = o.prompt;
  for (let step = 0; step < o.most; step++) {
    if (reader.length + unread.length > o.context) return 'context';
    const token = o.draw(await reader.read(unread), step);
    if (o.ends.has(token)) return 'end';
    yield token;
    unread = [token];
  }
  return 'length';
}
