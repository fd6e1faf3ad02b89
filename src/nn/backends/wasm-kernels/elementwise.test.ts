import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { derive } from '../../derive.ts';
import { Constants, runOps, runPrims } from '../../run.ts';
import { adamw } from '../adamw.ts';
import { geluNew, hasGeluNew } from '../gelu-new.ts';
import { registerGradients } from '../gradients.ts';
import { disagreement, resultsOn, sample, weigh } from '../testing.ts';
import { startWasm } from '../wasm.ts';

beforeAll(async () => {
  registerGradients();
  await startWasm();
});

const options = {
  weight: (): never => {
    throw new Error('no weights');
  },
  constants: new Constants(),
};
/** What every backend can do: primitives alone. */
const composed = (x: tf.Tensor): tf.Tensor => derive(runPrims(options)).activation('gelu_new', x);

/** Whole vectors, fewer than one, and the rests of one. */
const SHAPES = [[1], [3], [4], [5], [2, 3, 7], [3, 4, 8], [0, 5], [31]];

const onWasm = async (values: readonly number[], compute: (x: tf.Tensor) => tf.Tensor): Promise<number[]> => {
  const [result] = await resultsOn('wasm', [{ values: Float32Array.from(values), shape: [values.length] }], compute);
  return [...result!.values];
};

describe('e^x', () => {
  it.each(SHAPES)('of shape %j', async (...shape) => {
    expect(await disagreement('wasm', [sample(shape.flat())], tf.exp)).toBeLessThan(3e-7);
  });

  it('is good to 3e-7 of its value wherever that is a normal number', async () => {
    const values = Array.from({ length: 4099 }, (_, i) => Math.fround(-87.3 + (i * 176) / 4098));
    (await onWasm(values, tf.exp)).forEach((value, i) => {
      expect(Math.abs(value / Math.exp(values[i]!) - 1), `e^${values[i]}`).toBeLessThan(3e-7);
    });
  });

  it('goes through the subnormal numbers to 0, to infinity, and keeps what is not a number', async () => {
    const [zero, far, tiny, one, high, huge, nothing] = await onWasm(
      [Number.NEGATIVE_INFINITY, -1e9, -100, 0, 89, Number.POSITIVE_INFINITY, Number.NaN],
      tf.exp,
    );
    expect([zero, far, one, high, huge]).toEqual([0, 0, 1, Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY]);
    expect(tiny).toBeCloseTo(Math.exp(-100), 44);
    expect(tiny).toBeGreaterThan(0);
    expect(nothing).toBeNaN();
  });

  it('takes integers too', async () => {
    await tf.setBackend('wasm');
    const values = await tf.tidy(() => tf.exp(tf.tensor1d([0, 1, -2], 'int32'))).data();
    [1, Math.E, Math.exp(-2)].forEach((value, i) => {
      expect(values[i]).toBeCloseTo(value, 5);
    });
  });
});

describe('gelu_new', () => {
  const XS = [-30, -6, -3.5, -1.25, -0.5, -0.01, 0, 0.02, 0.75, 1.5, 4, 12];
  /** PyTorch 2.13, `gelu(x, approximate='tanh')` in double precision. */
  const YS = [
    -0, -8.43964898e-11, -0.000616197655, -0.132285797, -0.15428599, -0.00496010644, 0, 0.0101595662, 0.579960555,
    1.39957158, 3.99992975, 12,
  ];
  const SLOPES = [
    0, -7.70997601e-10, -0.00242264376, -0.122492632, 0.132630096, 0.492021422, 0.5, 0.515955553, 0.998938256,
    1.12771079, 1.00033512, 1,
  ];

  it('equals PyTorch, and so does its slope', async () => {
    const ys = await onWasm(XS, geluNew);
    const slopes = await onWasm(XS, tf.grad(geluNew));
    XS.forEach((x, i) => {
      expect(Math.abs(ys[i]! - YS[i]!), `gelu_new(${x})`).toBeLessThan(1e-6 * Math.max(1e-3, Math.abs(YS[i]!)));
      expect(Math.abs(slopes[i]! - SLOPES[i]!), `its slope at ${x}`).toBeLessThan(1e-6);
    });
  });

  it.each(SHAPES)('of shape %j equals its composition on the CPU, and so does its gradient', async (...shape) => {
    const x = sample(shape.flat(), 3);
    x.values.forEach((value, i) => {
      x.values[i] = 3 * value;
    });
    expect(await disagreement('wasm', [x], geluNew, composed)).toBeLessThan(1e-6);
    const gradient = (f: typeof composed) => tf.grad((t) => weigh(f(t)));
    expect(await disagreement('wasm', [x], gradient(geluNew), gradient(composed))).toBeLessThan(1e-5);
  });

  it('is what a network runs on this backend, with nothing between its input and its output', async () => {
    await tf.setBackend('wasm');
    expect(hasGeluNew()).toBe(true);
    const x = tf.tensor1d([-1, 2]);
    const { kernels } = await tf.profile(() => tf.tidy(() => runOps(options).activation('gelu_new', x)));
    expect(kernels.map(({ name }) => name)).toEqual(['GeluNew']);
    await tf.setBackend('cpu');
    expect(hasGeluNew()).toBe(false);
    const cpu = tf.tensor1d([-1, 2]);
    expect([...(await tf.tidy(() => runOps(options).activation('gelu_new', cpu)).data())][1]).toBeCloseTo(1.9546, 4);
    tf.dispose([x, cpu]);
    options.constants.dispose();
  });
});

describe.each([
  ['relu', tf.relu],
  ['relu6', tf.relu6],
])('the gradient of %s', (_, activate) => {
  it.each(SHAPES)('of shape %j matches the CPU', async (...shape) => {
    const x = sample(shape.flat(), 3);
    x.values.forEach((value, i) => {
      x.values[i] = 5 * value + 2;
    });
    const gradient = tf.grad((t) => weigh(tf.square(activate(t))));
    expect(await disagreement('wasm', [x], gradient)).toBeLessThan(1e-6);
  });

  it('is 0 at the bounds, and for what is no number', async () => {
    const slopes = await onWasm([0, 6, 7, -1, 3, Number.NaN], tf.grad(activate));
    expect(slopes).toEqual(activate === tf.relu6 ? [0, 0, 0, 0, 1, 0] : [0, 1, 1, 0, 1, 0]);
  });
});

describe('an update of AdamW', () => {
  const numbers = { beta1: 0.9, beta2: 0.999, epsilon: 1e-8, rate: 0.01, correction: 1.7, keep: 0.98, l2: 0.3 };
  const composedUpdate = (w: tf.Tensor, g: tf.Tensor, m: tf.Tensor, v: tf.Tensor): tf.Tensor[] => {
    const whole = tf.add(g, tf.mul(w, numbers.l2));
    const mean = tf.add(tf.mul(m, 0.9), tf.mul(whole, 0.1));
    const square = tf.add(tf.mul(tf.square(v), 0.999), tf.mul(tf.square(whole), 0.001));
    const direction = tf.div(mean, tf.add(tf.mul(tf.sqrt(square), numbers.correction), numbers.epsilon));
    return [tf.sub(tf.mul(w, numbers.keep), tf.mul(direction, numbers.rate)), mean, square];
  };

  it.each([...SHAPES, [3, 37, 401]])('of shape %j equals its composition on the CPU', async (...shape) => {
    const inputs = [1, 2, 3, 4].map((seed) => sample(shape.flat(), seed));
    const update = (w: tf.Tensor, g: tf.Tensor, m: tf.Tensor, v: tf.Tensor) => adamw(w, g, [m, tf.square(v)], numbers);
    const [on, reference] = [update, composedUpdate] as ((...x: tf.Tensor[]) => tf.Tensor[])[];
    expect(await disagreement('wasm', inputs, on!, reference)).toBeLessThan(2e-6);
  });
});
