import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { normal } from '../lib/random.ts';
import { startBackend } from './backends/index.ts';
import { type Architecture, type Ops, stage } from './core.ts';
import { Learner } from './learner.ts';
import { OPTIMIZERS } from './optimizers/index.ts';
import { profile } from './profile.ts';
import { Constants, runOps } from './run.ts';
import { initial } from './weights.ts';

beforeAll(async () => {
  await startBackend('wasm');
});

const draw = (shape: number[], seed: number) => {
  const next = normal(seed);
  return tf.tensor(Float32Array.from({ length: tf.util.sizeFromShape(shape) }, next), shape);
};
const rows = async (x: tf.Tensor) => (await x.array()) as number[][][];

/** Operations whose weights are given by name. */
const opsWith = (weights: Record<string, tf.Tensor> = {}): Ops<tf.Tensor> =>
  runOps({ constants: new Constants(), weight: (name) => weights[name]! });

/** softmax(q k / sqrt d) v of one head, written out: the reference. */
function attend(q: number[][], k: number[][], v: number[][], allowed: (i: number, j: number) => boolean): number[][] {
  return q.map((query, i) => {
    const scores = k.map((key, j) =>
      allowed(i, j)
        ? query.reduce((sum, x, d) => sum + x * key[d]!, 0) / Math.sqrt(query.length)
        : Number.NEGATIVE_INFINITY,
    );
    const top = Math.max(...scores);
    const powers = scores.map((score) => Math.exp(score - top));
    const total = powers.reduce((a, b) => a + b, 0);
    return v[0]!.map((_, d) => powers.reduce((sum, power, j) => sum + (power / total) * v[j]![d]!, 0));
  });
}

describe('attention', () => {
  const cases = [
    { what: 'of every position', heads: 2, kvHeads: 2, tq: 5, tk: 5, causal: false, masked: false },
    { what: 'causal', heads: 2, kvHeads: 2, tq: 5, tk: 5, causal: true, masked: false },
    { what: 'with a mask', heads: 1, kvHeads: 1, tq: 3, tk: 7, causal: false, masked: true },
    { what: 'with grouped keys', heads: 4, kvHeads: 2, tq: 5, tk: 5, causal: true, masked: false },
    { what: 'of the last two of seven positions', heads: 2, kvHeads: 2, tq: 2, tk: 7, causal: true, masked: false },
  ];
  it.each(cases)('$what equals the formula', async ({ heads, kvHeads, tq, tk, causal, masked }) => {
    const [b, d] = [2, 3];
    const [q, k, v] = [draw([b, tq, heads * d], 1), draw([b, tk, kvHeads * d], 2), draw([b, tk, kvHeads * d], 3)];
    const keep = Array.from({ length: b }, (_, n) =>
      Array.from({ length: tk }, (_, j) => (masked && j >= 4 + n ? 0 : 1)),
    );
    const y = await rows(
      opsWith().attention('a', q, k, v, {
        heads,
        kvHeads,
        causal,
        ...(masked ? { mask: tf.tensor2d(keep, [b, tk], 'int32') } : {}),
      }),
    );
    const [qs, ks, vs] = [await rows(q), await rows(k), await rows(v)];
    const head = (x: number[][], h: number) => x.map((row) => row.slice(h * d, (h + 1) * d));
    for (let n = 0; n < b; n++)
      for (let h = 0; h < heads; h++) {
        const g = Math.floor(h / (heads / kvHeads));
        const allowed = (i: number, j: number) => keep[n]![j] === 1 && (!causal || j <= i + tk - tq);
        const expected = attend(head(qs[n]!, h), head(ks[n]!, g), head(vs[n]!, g), allowed);
        head(y[n]!, h).forEach((row, i) => {
          row.forEach((value, at) => {
            expect(value).toBeCloseTo(expected[i]![at]!, 4);
          });
        });
      }
  });
});

describe('dropout of attention probabilities', () => {
  const ops = (step: number) =>
    runOps({ constants: new Constants(), weight: () => draw([1], 0), random: { seed: 1, step } });
  const attend = (step: number, name: string, dropout: number) => {
    const x = draw([2, 5, 6], 1);
    // values of one: without dropout every answer is one, as the shares of attention add up to it
    return rows(ops(step).attention(name, x, x, tf.ones([2, 5, 6]), { heads: 2, dropout }));
  };
  it('drops shares, draws from seed, step and name, and keeps their mean', async () => {
    const dropped = await attend(3, 'a', 0.5);
    expect(await attend(3, 'a', 0.5)).toEqual(dropped);
    expect(await attend(4, 'a', 0.5)).not.toEqual(dropped);
    expect(await attend(3, 'b', 0.5)).not.toEqual(dropped);
    const flat = dropped.flat(2);
    expect(Math.max(...flat.map((value) => Math.abs(value - 1)))).toBeGreaterThan(0.2);
    const many = await Promise.all(Array.from({ length: 50 }, (_, step) => attend(step, 'a', 0.5)));
    const mean = many.flat(3).reduce((sum, value) => sum + value, 0) / many.flat(3).length;
    expect(Math.abs(mean - 1)).toBeLessThan(0.05);
    for (const value of (await attend(3, 'a', 0)).flat(2)) expect(value).toBeCloseTo(1, 5);
  });
});

describe('normalisation and activations', () => {
  const x = () => draw([3, 7], 4);
  it('layer norm: mean 0 and variance 1 a row, then scale and shift', async () => {
    const weights = { 'n.weight': tf.fill([7], 2), 'n.bias': tf.fill([7], 1) };
    const y = (await opsWith(weights).layerNorm('n', x(), { eps: 1e-5 }).array()) as number[][];
    for (const row of y) {
      const unit = row.map((value) => (value - 1) / 2);
      expect(unit.reduce((a, b) => a + b) / 7).toBeCloseTo(0, 5);
      expect(unit.reduce((a, b) => a + b * b, 0) / 7).toBeCloseTo(1, 3);
    }
  });
  it('rms norm: mean square 1 a row', async () => {
    const y = (await opsWith({ 'n.weight': tf.ones([7]) })
      .rmsNorm('n', x(), { eps: 1e-6 })
      .array()) as number[][];
    for (const row of y) expect(row.reduce((a, b) => a + b * b, 0) / 7).toBeCloseTo(1, 4);
  });
  it('GELU and its tanh approximation, at points whose values are known', async () => {
    const points = tf.tensor1d([-1, 0, 1, 2]);
    const exact = await opsWith().activation('gelu', points).data();
    const approximate = await opsWith().activation('gelu_new', points).data();
    [-0.158655, 0, 0.841345, 1.9545].forEach((value, i) => {
      expect(exact[i]).toBeCloseTo(value, 4);
      expect(approximate[i]).toBeCloseTo(value, 2);
    });
  });
  it('batch norm by running statistics', async () => {
    const weights = {
      'n.weight': tf.tensor1d([2]),
      'n.bias': tf.tensor1d([3]),
      'n.running_mean': tf.tensor1d([5]),
      'n.running_var': tf.tensor1d([4]),
    };
    const y = await opsWith(weights)
      .batchNorm('n', tf.tensor4d([7], [1, 1, 1, 1]), { eps: 0 })
      .data();
    expect(y[0]).toBeCloseTo(2 * ((7 - 5) / 2) + 3, 5);
  });
});

/** A one-block language model with a tied table; ids and a mask flow between its stages. */
const language: Architecture = {
  inputs: { ids: { shape: ['B', 'T'], dtype: 'int32' }, mask: { shape: ['B', 'T'], dtype: 'int32' } },
  output: 'logits',
  stages: [
    stage({
      name: 'embed',
      reads: ['ids'],
      writes: ['x'],
      run: (ops, v) => ({
        x: ops.add(
          ops.embed('wte', v.ids, { count: 9, width: 8, tokens: true }),
          ops.embed('wpe', ops.positions(v.ids), { count: 6, width: 8 }),
        ),
      }),
    }),
    stage({
      name: 'block',
      reads: ['x', 'mask'],
      writes: ['x'],
      run(ops, v) {
        const h = ops.layerNorm('ln', v.x, { eps: 1e-5 });
        const [q, k, w] = ['q', 'k', 'v'].map((name) => ops.linear(name, h, { out: 8 }));
        return { x: ops.add(v.x, ops.attention('attn', q!, k!, w!, { heads: 2, causal: true, mask: v.mask })) };
      },
    }),
    stage({
      name: 'head',
      reads: ['x'],
      writes: ['logits'],
      run: (ops, v) => ({ logits: ops.linear('lm_head', v.x, { out: 9, bias: false, tied: 'wte.weight' }) }),
    }),
  ],
};

describe('stages that pass records, and tied weights', () => {
  const { weights } = profile(language, { B: 2, T: 5 });
  const make = (trainable: (name: string) => boolean) =>
    new Learner({
      architecture: language,
      values: new Map(
        [...weights].map(([name, spec]) => [
          name,
          initial(name, spec, 11).map((value) => value * (spec.role === 'table' ? 50 : 1)),
        ]),
      ),
      trainable: new Set([...weights.keys()].filter(trainable)),
      optimizer: OPTIMIZERS.sgd,
      objective: (logits, t) => ({
        loss: tf.mean(tf.square(tf.sub(logits, t.wanted!))) as tf.Scalar,
        correct: tf.scalar(0),
      }),
      seed: 1,
      batchStatistics: false,
      clipNorm: 0,
    });
  const int = (data: number[]) => ({ data: Int32Array.from(data), shape: [2, 5], dtype: 'int32' }) as const;
  const input = {
    kind: 'arrays',
    batch: { ids: int([1, 2, 3, 4, 5, 8, 7, 6, 0, 0]), mask: int([1, 1, 1, 1, 1, 1, 1, 1, 0, 0]) },
  } as const;
  const targets = {
    wanted: { data: Float32Array.from({ length: 90 }, (_, i) => Math.sin(i)), shape: [2, 5, 9], dtype: 'float32' },
  } as const;
  const lossOf = async (net: Learner) => (await net.evaluate(input, targets)).loss;

  it('a tied table gets the gradient of both its uses: equal to finite differences', async () => {
    const net = make(() => true);
    expect(net.boundary).toBe(0);
    const { loss, correct, gradients, updates } = net.gradients(input, targets, 0);
    for (const name of ['wte.weight', 'q.weight', 'ln.weight', 'wpe.weight']) {
      const analytic = (await gradients.get(name)!.data()) as Float32Array;
      const values = (await net.network.weights.read([name])).get(name)!;
      for (const i of [0, 5, values.length >> 1]) {
        const at = async (delta: number) => {
          net.network.weights.write(new Map([[name, values.map((value, j) => (j === i ? value + delta : value))]]));
          return lossOf(net);
        };
        const numeric = ((await at(1e-2)) - (await at(-1e-2))) / 2e-2;
        net.network.weights.write(new Map([[name, values]]));
        expect(Math.abs(numeric - analytic[i]!), `${name} ${i}: ${numeric}`).toBeLessThan(5e-3);
      }
    }
    tf.dispose([loss, correct, ...gradients.values(), ...updates.values()]);
    net.dispose();
  });

  it('a trainable table that the first stage reads leaves no prefix to cache', () => {
    const head = make((name) => name === 'wte.weight');
    const block = make((name) => name.startsWith('q.'));
    expect([head.boundary, block.boundary]).toEqual([0, 1]);
    head.dispose();
    block.dispose();
  });
});
