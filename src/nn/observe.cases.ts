import * as tf from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { greatestDifference } from '../models/testing.ts';
import { type Activation, type Architecture, stage } from './core.ts';
import { keptValues } from './kept-values.ts';
import { Network } from './network.ts';
import { Observer } from './observe.ts';
import { profile } from './profile.ts';
import { initial } from './weights.ts';

/** A convolution, a dense layer of five units with some activation, and a head. */
const pictures = (kind: Activation): Architecture => ({
  inputs: { pixels: { shape: ['B', 4, 4, 1], dtype: 'float32' } },
  output: 'logits',
  stages: [
    stage({
      name: 'conv',
      reads: ['pixels'],
      writes: ['x'],
      run: (ops, v) => ({
        x: ops.conv('conv', v.pixels, { out: 3, kernel: 3, stride: 1, pad: 1, bias: true, activation: 'relu' }),
      }),
    }),
    stage({
      name: 'dense',
      reads: ['x'],
      writes: ['features'],
      run: (ops, v) => ({ features: ops.activation(kind, ops.linear('dense', ops.reshape(v.x, [0, -1]), { out: 5 })) }),
    }),
    stage({
      name: 'head',
      reads: ['features'],
      writes: ['logits'],
      run: (ops, v) => ({ logits: ops.linear('head', v.features, { out: 2 }) }),
    }),
  ],
});

/** [B, T, 2] -> the activation itself -> logits of the mean. */
const texts: Architecture = {
  inputs: { x: { shape: ['B', 'T', 2], dtype: 'float32' } },
  output: 'logits',
  stages: [
    stage({ name: 'relu', reads: ['x'], writes: ['y'], run: (ops, v) => ({ y: ops.activation('relu', v.x) }) }),
    stage({
      name: 'head',
      reads: ['y'],
      writes: ['logits'],
      run: (ops, v) => ({ logits: ops.reduce('mean', v.y, [1], false) }),
    }),
  ],
};

/** Every unit well above zero, but those that are named: `conv` 1, `dense` 0 and 3. */
function planted(architecture: Architecture, silent: Readonly<Record<string, readonly number[]>>): Network {
  const { weights } = profile(architecture);
  const values = new Map([...weights].map(([name, spec]) => [name, initial(name, spec, 3)]));
  for (const name of ['conv', 'dense'])
    values.get(`${name}.bias`)!.forEach((_, i, bias) => {
      bias[i] = silent[name]?.includes(i) ? -1000 : 100;
    });
  return new Network(architecture, values);
}

const batch = (seed: number) => ({
  kind: 'arrays' as const,
  batch: {
    pixels: {
      data: Float32Array.from({ length: 32 }, (_, i) => Math.sin(seed + 1.3 * i)),
      shape: [2, 4, 4, 1],
      dtype: 'float32' as const,
    },
  },
});

/** What holds on every backend: of the one that computes as the tests run. */
export function itObserves(): void {
  it.each(['relu', 'relu6', 'gelu', 'gelu_new', 'silu'] as const)(
    'counts exactly the units that were silenced, and changes no bit: %s',
    async (kind) => {
      const network = planted(pictures(kind), { conv: [1], dense: [0, 3] });
      // what the network itself makes once
      network.output(batch(0)).dispose();
      const before = tf.memory().numTensors;
      const observer = new Observer();
      for (const seed of [1, 2]) {
        observer.begin();
        const plain = network.output(batch(seed));
        const seen = network.output(batch(seed), {}, network.architecture, observer);
        expect(await seen.data()).toEqual(await plain.data());
        const { rows, width, values } = observer.embedding()!;
        expect([rows, width, (await values).length]).toEqual([2, 5, 10]);
        tf.dispose([plain, seen]);
      }
      const silent = await observer.silent();
      expect(Object.fromEntries(silent)).toEqual({ 0: { units: 3, silent: 1 }, 1: { units: 5, silent: 2 } });
      expect((await observer.silent()).size).toBe(0);
      observer.dispose();
      expect(tf.memory().numTensors).toBe(before);
      network.dispose();
    },
  );

  it('a unit that speaks on one example is not silent, and tanh is not counted', async () => {
    const network = planted(pictures('tanh'), {});
    const observer = new Observer();
    network.output(batch(1), {}, network.architecture, observer).dispose();
    expect([...(await observer.silent()).keys()]).toEqual([0]);
    observer.dispose();
    network.dispose();
  });

  it('padding says nothing, what a method puts in front does, and the embedding is the mean of the tokens', async () => {
    const network = new Network(texts, new Map());
    const observer = new Observer();
    // unit 0 speaks at a token, unit 1 at the padding of the second row alone
    const x = { data: Float32Array.of(1, -1, 3, -1, 2, -1, 9, 9), shape: [2, 2, 2], dtype: 'float32' as const };
    const look = async (lengths?: { rows: number[]; padded: number }) => {
      observer.begin(lengths);
      network.output({ kind: 'arrays', batch: { x } }, {}, network.architecture, observer).dispose();
      const values = [...(await observer.embedding()!.values)];
      return { values, silent: (await observer.silent()).get(0)!.silent };
    };
    expect(await look({ rows: [2, 1], padded: 2 })).toEqual({ values: [2, 0, 2, 0], silent: 1 });
    expect(await look({ rows: [1, 1], padded: 1 })).toEqual({ values: [2, 0, 5.5, 4.5], silent: 0 });
    expect(await look()).toEqual({ values: [2, 0, 5.5, 4.5], silent: 0 });
    observer.dispose();
    network.dispose();
  });

  it.each([0, 1, 2, 3])(
    'what was kept behind %i stages answers as the whole does, and is not looked at',
    async (kept) => {
      const network = planted(pictures('relu'), {});
      const whole = await network.logits(batch(1));
      const cache = keptValues(network.until(kept, batch(1)), kept);
      const observer = new Observer();
      observer.begin();
      const rows = Int32Array.of(0, 1);
      const answer = network.output({ kind: 'cached', cache, rows }, {}, network.architecture, observer);
      expect(greatestDifference((await answer.data()) as Float32Array, whole)).toBeLessThan(1e-4);
      expect([...(await observer.silent()).keys()]).toEqual([0, 1].filter((stage) => stage >= kept));
      observer.dispose();
      answer.dispose();
      cache.dispose();
      network.dispose();
    },
  );
}
