/**
 * GFLOP/s on WebAssembly of forward products and convolutions and of their gradients: `node bench/products.bench.mjs`,
 * with `stock` for TensorFlow.js as it ships. Variants take turns and the best time counts, so that a busy machine
 * harms all of them alike.
 */
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { runnerImport } from 'vite';

const stock = process.argv.includes('stock');
const require = createRequire(import.meta.url);
const tf = require('@tensorflow/tfjs-core');
require('@tensorflow/tfjs-backend-wasm');
if (stock) await tf.setBackend('wasm');
else {
  const options = { configFile: false, root: fileURLToPath(new URL('..', import.meta.url)) };
  const { module } = await runnerImport('./src/nn/backends/wasm.ts', options);
  await module.startWasm();
}

const kernel = (name, inputs, attrs) => tf.engine().runKernel(name, inputs, attrs);

/** Milliseconds of each variant: the best of `rounds`. */
function times(variants, rounds = stock ? 5 : 25) {
  const taken = Object.fromEntries(Object.keys(variants).map((name) => [name, []]));
  for (let round = 0; round < rounds; round++) {
    for (const [name, run] of Object.entries(variants)) {
      const start = performance.now();
      const result = run();
      taken[name].push(performance.now() - start);
      result.dispose();
    }
  }
  return Object.fromEntries(Object.entries(taken).map(([name, all]) => [name, Math.min(...all)]));
}

function report(label, flops, measured) {
  const rate = (ms) => (flops / ms / 1e6).toFixed(1);
  const forward = measured.forward;
  const cells = Object.entries(measured).map(
    ([name, ms]) => `${name} ${rate(ms)}${name === 'forward' ? '' : ` (${((100 * forward) / ms).toFixed(0)} %)`}`,
  );
  console.log(`${label.padEnd(34)} ${cells.join('   ')}`);
}

function products(rows, depth, columns) {
  const x = tf.randomNormal([rows, depth]);
  const w = tf.randomNormal([depth, columns]);
  const dy = tf.randomNormal([rows, columns]);
  const multiply = (a, b, transposeA, transposeB) => kernel('BatchMatMul', { a, b }, { transposeA, transposeB });
  const measured = times({
    forward: () => multiply(x, w, false, false),
    dX: () => multiply(dy, w, false, true),
    dW: () => multiply(x, dy, true, false),
  });
  report(`[${rows}, ${depth}] x [${depth}, ${columns}]`, 2 * rows * depth * columns, measured);
  tf.dispose([x, w, dy]);
}

function batched(batch, rows, depth, columns) {
  const a = tf.randomNormal([batch, rows, depth]);
  const b = tf.randomNormal([batch, depth, columns]);
  const dy = tf.randomNormal([batch, rows, columns]);
  const multiply = (l, r, transposeA, transposeB) => kernel('BatchMatMul', { a: l, b: r }, { transposeA, transposeB });
  const measured = times({
    forward: () => multiply(a, b, false, false),
    dA: () => multiply(dy, b, false, true),
    dB: () => multiply(a, dy, true, false),
  });
  report(`${batch} x [${rows}, ${depth}] x [${depth}, ${columns}]`, 2 * batch * rows * depth * columns, measured);
  tf.dispose([a, b, dy]);
}

function convolution(batch, size, channels, out, window, strides) {
  const x = tf.randomNormal([batch, size, size, channels]);
  const filter = tf.randomNormal([window, window, channels, out]);
  const dy = tf.randomNormal(tf.tidy(() => tf.conv2d(x, filter, strides, 'same').shape));
  const attrs = { strides, pad: 'same', dataFormat: 'NHWC', dilations: 1 };
  const measured = times({
    forward: () => tf.conv2d(x, filter, strides, 'same'),
    dX: () => kernel('Conv2DBackpropInput', { dy, filter }, { ...attrs, inputShape: x.shape }),
    ...(stock ? {} : { dW: () => kernel('Conv2DBackpropFilter', { x, dy }, { ...attrs, filterShape: filter.shape }) }),
  });
  report(
    `${window}x${window}/${strides} ${batch}x${size}x${size} ${channels}->${out}`,
    2 * dy.size * window ** 2 * channels,
    measured,
  );
  tf.dispose([x, filter, dy]);
}

function depthwise(batch, size, channels, window, strides) {
  const x = tf.randomNormal([batch, size, size, channels]);
  const filter = tf.randomNormal([window, window, channels, 1]);
  const dy = tf.randomNormal(tf.tidy(() => tf.depthwiseConv2d(x, filter, strides, 'same').shape));
  const attrs = { strides, pad: 'same', dilations: [1, 1] };
  const measured = times({
    forward: () => tf.depthwiseConv2d(x, filter, strides, 'same'),
    dX: () => kernel('DepthwiseConv2dNativeBackpropInput', { dy, filter }, { ...attrs, inputShape: x.shape }),
    dW: () => kernel('DepthwiseConv2dNativeBackpropFilter', { x, dy }, { ...attrs, filterShape: filter.shape }),
  });
  report(
    `depthwise ${window}x${window}/${strides} ${batch}x${size}x${size} ${channels}`,
    2 * dy.size * window ** 2,
    measured,
  );
  tf.dispose([x, filter, dy]);
}

for (const shape of [
  [512, 512, 512],
  [25088, 96, 24],
  [25088, 24, 144],
  [6272, 144, 32],
  [1568, 576, 96],
  [392, 1280, 320],
  [1024, 384, 1536],
]) {
  products(...shape);
}
batched(48, 128, 32, 128);
batched(48, 128, 128, 32);
convolution(8, 224, 3, 32, 3, 2);
convolution(8, 28, 64, 64, 3, 1);
convolution(8, 14, 128, 256, 3, 2);
convolution(8, 7, 256, 256, 3, 1);
convolution(8, 56, 96, 24, 1, 1);
if (!stock) {
  depthwise(8, 56, 96, 3, 1);
  depthwise(8, 112, 96, 3, 2);
  depthwise(8, 14, 480, 5, 1);
}
