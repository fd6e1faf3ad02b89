import * as tf from '@tensorflow/tfjs-core';
import { type Bench, spread } from './lib/figure.ts';
import { processorMs } from './lib/processor.ts';
import { ON_NODE, startInNode } from './lib/shipped.ts';

/** Milliseconds of the forward operation and of each of its gradients, as many multiplications each. */
type Times = Record<string, number> & { forward: number };
type Variants = Record<string, () => tf.Tensor> & { forward(): tf.Tensor };

interface Case {
  label: string;
  /** Convolutions are told, and not held against the target. */
  product: boolean;
  flops: number;
  tensors: tf.Tensor[];
  variants: Variants;
}

const TURNS = 25;
const QUICK = 2;

/** GFLOP/s of forward products on WebAssembly and of their gradients. */
export const products: Bench = {
  name: 'products',
  async measure(rounds = 3) {
    await startInNode();
    const results = new Map<string, { flops: number; product: boolean; passes: Times[] }>();
    // V8 compiles a loop well only once it has run for a while
    for (const make of CASES) {
      const { variants, tensors } = make();
      times(variants);
      tf.dispose(tensors);
    }
    for (let round = 0; round < rounds; round++)
      for (const make of CASES) {
        const { label, product, flops, tensors, variants } = make();
        const result = results.get(label) ?? { flops, product, passes: [] };
        result.passes.push(times(variants));
        results.set(label, result);
        tf.dispose(tensors);
      }
    const measured = [...results.values()].filter(({ product }) => product);
    const worstOf = (round: number) =>
      Math.min(...measured.flatMap(({ passes }) => shares(passes[round]!).map(([, share]) => share)));
    return [
      {
        what: 'slowest gradient product against its forward product, in GFLOP/s',
        target: { at: 'least', value: 75 },
        unit: '%',
        samples: Array.from({ length: rounds }, (_, round) => worstOf(round)),
        decides: 'median',
        on: `${ON_NODE}, in processor time`,
        details: [...results].map(([label, { flops, passes }]) => line(label, flops, passes)),
      },
    ];
  },
};

const shares = (measured: Times): [string, number][] =>
  Object.entries(measured)
    .filter(([name]) => name !== 'forward')
    .map(([name, ms]) => [name, (100 * measured.forward) / ms]);

/** Rates are medians over the rounds. */
function line(label: string, flops: number, passes: readonly Times[]): string {
  const rate = (name: string) => spread(passes.map((pass) => flops / pass[name]! / 1e6)).median.toFixed(1);
  const share = (name: string) => {
    const { median, min, max } = spread(passes.map((pass) => (100 * pass.forward) / pass[name]!));
    return `${median.toFixed(0)} % (${min.toFixed(0)}–${max.toFixed(0)})`;
  };
  const gradients = Object.keys(passes[0]!).filter((name) => name !== 'forward');
  return `${label}: forward ${rate('forward')} GFLOP/s, ${gradients.map((name) => `${name} ${rate(name)}, ${share(name)}`).join('; ')}`;
}

/** Of many turns a quick one, the third of 25: variants take turns, so that a busy machine harms all of them alike. */
function times(variants: Variants): Times {
  const taken: Record<string, number[]> = {};
  for (let turn = 0; turn < TURNS; turn++) {
    for (const [name, run] of Object.entries(variants)) {
      const start = processorMs();
      const result = run();
      taken[name] ??= [];
      taken[name].push(processorMs() - start);
      result.dispose();
    }
  }
  const quick = (all: readonly number[]) => [...all].sort((a, b) => a - b)[QUICK]!;
  return Object.fromEntries(Object.entries(taken).map(([name, all]) => [name, quick(all)])) as Times;
}

const kernel = (name: string, inputs: tf.NamedTensorMap, attrs: object): tf.Tensor =>
  tf.engine().runKernel(name, inputs, attrs as tf.NamedAttrMap);
const multiply = (a: tf.Tensor, b: tf.Tensor, transposeA: boolean, transposeB: boolean): tf.Tensor =>
  kernel('BatchMatMul', { a, b }, { transposeA, transposeB });

function product(rows: number, depth: number, columns: number): Case {
  const x = tf.randomNormal([rows, depth]);
  const w = tf.randomNormal([depth, columns]);
  const dy = tf.randomNormal([rows, columns]);
  return {
    label: `[${rows}, ${depth}] x [${depth}, ${columns}]`,
    product: true,
    flops: 2 * rows * depth * columns,
    tensors: [x, w, dy],
    variants: {
      forward: () => multiply(x, w, false, false),
      dX: () => multiply(dy, w, false, true),
      dW: () => multiply(x, dy, true, false),
    },
  };
}

function batched(batch: number, rows: number, depth: number, columns: number): Case {
  const a = tf.randomNormal([batch, rows, depth]);
  const b = tf.randomNormal([batch, depth, columns]);
  const dy = tf.randomNormal([batch, rows, columns]);
  return {
    label: `${batch} x [${rows}, ${depth}] x [${depth}, ${columns}]`,
    product: true,
    flops: 2 * batch * rows * depth * columns,
    tensors: [a, b, dy],
    variants: {
      forward: () => multiply(a, b, false, false),
      dA: () => multiply(dy, b, false, true),
      dB: () => multiply(a, dy, true, false),
    },
  };
}

function convolution(
  batch: number,
  size: number,
  channels: number,
  out: number,
  window: number,
  strides: number,
): Case {
  const x: tf.Tensor4D = tf.randomNormal([batch, size, size, channels]);
  const filter: tf.Tensor4D = tf.randomNormal([window, window, channels, out]);
  const dy = tf.randomNormal(tf.tidy(() => tf.conv2d(x, filter, strides, 'same').shape));
  const attrs = { strides, pad: 'same', dataFormat: 'NHWC', dilations: 1 };
  return {
    label: `convolution ${window}x${window}/${strides} of ${batch}x${size}x${size}, ${channels} to ${out}`,
    product: false,
    flops: 2 * dy.size * window ** 2 * channels,
    tensors: [x, filter, dy],
    variants: {
      forward: () => tf.conv2d(x, filter, strides, 'same'),
      dX: () => kernel('Conv2DBackpropInput', { dy, filter }, { ...attrs, inputShape: x.shape }),
      dW: () => kernel('Conv2DBackpropFilter', { x, dy }, { ...attrs, filterShape: filter.shape }),
    },
  };
}

function depthwise(batch: number, size: number, channels: number, window: number, strides: number): Case {
  const x: tf.Tensor4D = tf.randomNormal([batch, size, size, channels]);
  const filter: tf.Tensor4D = tf.randomNormal([window, window, channels, 1]);
  const dy = tf.randomNormal(tf.tidy(() => tf.depthwiseConv2d(x, filter, strides, 'same').shape));
  const attrs = { strides, pad: 'same', dilations: [1, 1] };
  return {
    label: `depthwise ${window}x${window}/${strides} of ${batch}x${size}x${size}, ${channels}`,
    product: false,
    flops: 2 * dy.size * window ** 2,
    tensors: [x, filter, dy],
    variants: {
      forward: () => tf.depthwiseConv2d(x, filter, strides, 'same'),
      dX: () => kernel('DepthwiseConv2dNativeBackpropInput', { dy, filter }, { ...attrs, inputShape: x.shape }),
      dW: () => kernel('DepthwiseConv2dNativeBackpropFilter', { x, dy }, { ...attrs, filterShape: filter.shape }),
    },
  };
}

/** Products of EfficientNet-Lite0, of a transformer, of dense layers and of attention, then convolutions. */
const CASES: readonly (() => Case)[] = [
  () => product(512, 512, 512),
  () => product(25088, 96, 24),
  () => product(25088, 24, 144),
  () => product(6272, 144, 32),
  () => product(1568, 576, 96),
  () => product(392, 1280, 320),
  () => product(1024, 384, 1536),
  () => product(32, 1568, 64),
  () => product(32, 1280, 5),
  () => batched(48, 128, 32, 128),
  () => batched(48, 128, 128, 32),
  () => convolution(8, 224, 3, 32, 3, 2),
  () => convolution(8, 28, 64, 64, 3, 1),
  () => convolution(8, 14, 128, 256, 3, 2),
  () => convolution(8, 7, 256, 256, 3, 1),
  () => convolution(8, 56, 96, 24, 1, 1),
  () => depthwise(8, 56, 96, 3, 1),
  () => depthwise(8, 112, 96, 3, 2),
  () => depthwise(8, 14, 480, 5, 1),
];
