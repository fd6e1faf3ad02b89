import {
  DepthwiseConv2dNative,
  DepthwiseConv2dNativeBackpropFilter,
  DepthwiseConv2dNativeBackpropInput,
  type TensorInfo,
} from '@tensorflow/tfjs-core';
import { accumulate } from './accumulate.ts';
import { convolutionOf } from './convolution.ts';
import { multipliedFilterGradient, multipliedInputGradient } from './depthwise-multiplied.ts';
import { encode, type Geometry, geometryOf, turned } from './geometry.ts';
import { addressOf, floats, type KernelArgs, replaceKernel, stockKernel, zeros } from './heap.ts';
import type { Task } from './routines.ts';
import { ranges, runTasks, threadsOf } from './simd/module.ts';

const multiplier = (g: Geometry): number => g.outChannels / g.inChannels;

/** out = x convolved with w, by rows of outputs. */
function convolve({ backend }: KernelArgs, [x, w, out]: readonly [TensorInfo, TensorInfo, TensorInfo], g: Geometry) {
  const numbers = [...encode(g), addressOf(backend, x), addressOf(backend, w), addressOf(backend, out)];
  const tasks = ranges(g.batchSize * g.outHeight, 4 * threadsOf(backend)).map(
    ([first, rows]): Task => ['depthwiseRows', [...numbers, first, rows]],
  );
  runTasks(backend, tasks);
  return out;
}

/** x [B, H, W, C] and filter [kh, kw, C, M] -> [B, oh, ow, C M]. The stock kernel has one thread. */
export function depthwise(args: KernelArgs): TensorInfo {
  const { inputs, attrs, backend } = args;
  const [x, filter] = [inputs.x!, inputs.filter!];
  const conv = convolutionOf(x.shape, filter.shape, attrs, true);
  const g = geometryOf(conv);
  if (threadsOf(backend) === 1 || multiplier(g) !== 1) return stockKernel(DepthwiseConv2dNative)(args);
  return convolve(args, [x, filter, backend.makeOutput(conv.outShape, 'float32')], g);
}

/** dW [kh, kw, C, M] from x [B, H, W, C] and dy [B, oh, ow, C M]. TensorFlow.js ships none for WebAssembly. */
export function depthwiseBackpropFilter(args: KernelArgs): TensorInfo {
  const { inputs, attrs, backend } = args;
  const [x, dy] = [inputs.x!, inputs.dy!];
  const filterShape = attrs.filterShape as number[];
  const g = geometryOf(convolutionOf(x.shape, filterShape, attrs, true));
  const out = zeros(backend, filterShape);
  if (multiplier(g) !== 1) {
    multipliedFilterGradient(floats(backend, out), floats(backend, x), floats(backend, dy), g);
    return out;
  }
  const numbers = [...encode(g), addressOf(backend, x), addressOf(backend, dy)];
  const task = (to: number, first: number, rows: number): Task => [
    'depthwiseFilterRows',
    [...numbers, to, first, rows],
  ];
  accumulate(backend, out, g.batchSize * g.outHeight, task, 0);
  return out;
}

/** The filter [kh, kw, C, 1] turned by half a circle. */
function turnedFilter({ backend }: KernelArgs, filter: TensorInfo, g: Geometry): TensorInfo {
  const out = backend.makeOutput(filter.shape, 'float32');
  const [from, to] = [floats(backend, filter), floats(backend, out)];
  const [taps, channels] = [g.filterHeight * g.filterWidth, g.inChannels];
  for (let tap = 0; tap < taps; tap++)
    to.set(from.subarray(tap * channels, (tap + 1) * channels), (taps - 1 - tap) * channels);
  return out;
}

/** dX [B, H, W, C] from dy [B, oh, ow, C M] and W [kh, kw, C, M]. TensorFlow.js ships none for WebAssembly. */
export function depthwiseBackpropInput(args: KernelArgs): TensorInfo {
  const { inputs, attrs, backend } = args;
  const [dy, filter] = [inputs.dy!, inputs.filter!];
  const inputShape = attrs.inputShape as number[];
  const g = geometryOf(convolutionOf(inputShape, filter.shape, attrs, true));
  const reverse = turned(g);
  if (multiplier(g) === 1 && reverse) {
    const reversed = turnedFilter(args, filter, g);
    const dx = convolve(args, [dy, reversed, backend.makeOutput(inputShape, 'float32')], reverse);
    backend.disposeData(reversed.dataId);
    return dx;
  }
  const dx = zeros(backend, inputShape);
  if (multiplier(g) !== 1) {
    multipliedInputGradient(floats(backend, dx), floats(backend, dy), floats(backend, filter), g);
    return dx;
  }
  const numbers = [...encode(g), addressOf(backend, dx), addressOf(backend, dy), addressOf(backend, filter)];
  const tasks = ranges(g.batchSize, 4 * threadsOf(backend)).map(
    ([first, images]): Task => ['depthwiseInputImages', [...numbers, first, images]],
  );
  runTasks(backend, tasks);
  return dx;
}

export function registerDepthwise(): void {
  replaceKernel(DepthwiseConv2dNative, depthwise);
  replaceKernel(DepthwiseConv2dNativeBackpropFilter, depthwiseBackpropFilter);
  replaceKernel(DepthwiseConv2dNativeBackpropInput, depthwiseBackpropInput);
}
