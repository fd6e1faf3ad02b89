import {
  DepthwiseConv2dNative,
  DepthwiseConv2dNativeBackpropFilter,
  DepthwiseConv2dNativeBackpropInput,
  type TensorInfo,
} from '@tensorflow/tfjs-core';
import { convolutionOf } from './convolution.ts';
import { addressOf, type Convolution, floats, type KernelArgs, replaceKernel, stockKernel, zeros } from './heap.ts';
import { simdLoops } from './simd/module.ts';

/** Float offsets that `count` neighbouring outputs and one tap of the filter pair up, in images, outputs and filter. */
type Visit = (image: number, output: number, tap: number, count: number) => void;

/** The outputs of a row whose tap `j` lies inside the image: first, and how many. */
function columnsInside(conv: Convolution, j: number): { first: number; count: number } {
  const offset = j * conv.dilationWidth - conv.padInfo.left;
  const first = Math.max(0, Math.ceil(-offset / conv.strideWidth));
  const end = Math.min(conv.outWidth, Math.ceil((conv.inWidth - offset) / conv.strideWidth));
  return { first, count: Math.max(0, end - first) };
}

/** Visits every (row of outputs, tap) of a depthwise convolution, clipped to the images. */
function overTaps(conv: Convolution, visit: Visit): void {
  const { batchSize, inHeight, inWidth, outHeight, outWidth, filterHeight, filterWidth, inChannels, outChannels } =
    conv;
  const inside = Array.from({ length: filterWidth }, (_, j) => columnsInside(conv, j));
  for (let row = 0; row < batchSize * outHeight; row++) {
    const image = Math.floor(row / outHeight);
    const top = (row % outHeight) * conv.strideHeight - conv.padInfo.top;
    for (let i = 0; i < filterHeight; i++) {
      const y = top + i * conv.dilationHeight;
      if (y < 0 || y >= inHeight) continue;
      inside.forEach(({ first, count }, j) => {
        const x = first * conv.strideWidth + j * conv.dilationWidth - conv.padInfo.left;
        const pixel = (image * inHeight + y) * inWidth + x;
        const output = row * outWidth + first;
        if (count > 0) visit(pixel * inChannels, output * outChannels, (i * filterWidth + j) * outChannels, count);
      });
    }
  }
}

/** dW [kh, kw, C, M] from x [B, H, W, C] and dy [B, oh, ow, C M]. TensorFlow.js ships none for WebAssembly. */
export function depthwiseBackpropFilter({ inputs, attrs, backend }: KernelArgs): TensorInfo {
  const [x, dy] = [inputs.x!, inputs.dy!];
  const filterShape = attrs.filterShape as number[];
  const conv = convolutionOf(x.shape, filterShape, attrs, true);
  const { inChannels, outChannels, strideWidth } = conv;
  const multiplier = outChannels / inChannels;
  const out = zeros(backend, filterShape);
  if (multiplier === 1) {
    const { addProducts } = simdLoops(backend);
    const [to, from, fromDy] = [addressOf(backend, out), addressOf(backend, x), addressOf(backend, dy)];
    const [xStep, yStep] = [4 * strideWidth * inChannels, 4 * outChannels];
    overTaps(conv, (image, output, tap, count) =>
      addProducts(to + 4 * tap, from + 4 * image, xStep, fromDy + 4 * output, yStep, count, inChannels),
    );
    return out;
  }
  const [to, from, fromDy] = [floats(backend, out), floats(backend, x), floats(backend, dy)];
  overTaps(conv, (image, output, tap, count) => {
    for (let column = 0; column < count; column++) {
      for (let o = 0; o < outChannels; o++) {
        const input = image + column * strideWidth * inChannels + Math.floor(o / multiplier);
        to[tap + o]! += from[input]! * fromDy[output + column * outChannels + o]!;
      }
    }
  });
  return out;
}

/** Stride 1 and multiplier 1: the depthwise convolution of dy with the filter turned by half a circle, by XNNPACK. */
function byConvolution({ inputs, backend }: KernelArgs, conv: Convolution): TensorInfo {
  const [dy, filter] = [inputs.dy!, inputs.filter!];
  const turned = backend.makeOutput(filter.shape, 'float32');
  const [from, to] = [floats(backend, filter), floats(backend, turned)];
  const taps = conv.filterHeight * conv.filterWidth;
  const channels = conv.inChannels;
  for (let tap = 0; tap < taps; tap++) {
    to.set(from.subarray(tap * channels, (tap + 1) * channels), (taps - 1 - tap) * channels);
  }
  const top = conv.filterHeight - 1 - conv.padInfo.top;
  const left = conv.filterWidth - 1 - conv.padInfo.left;
  const pad = [
    [0, 0],
    [top, conv.inHeight - conv.outHeight + conv.filterHeight - 1 - top],
    [left, conv.inWidth - conv.outWidth + conv.filterWidth - 1 - left],
    [0, 0],
  ];
  const dx = stockKernel(DepthwiseConv2dNative)({
    inputs: { x: dy, filter: turned },
    backend,
    attrs: { strides: 1, pad, dilations: null },
  });
  backend.disposeData(turned.dataId);
  return dx;
}

/** dX [B, H, W, C] from dy [B, oh, ow, C M] and W [kh, kw, C, M]. TensorFlow.js ships none for WebAssembly. */
export function depthwiseBackpropInput(args: KernelArgs): TensorInfo {
  const { inputs, attrs, backend } = args;
  const [dy, filter] = [inputs.dy!, inputs.filter!];
  const conv = convolutionOf(attrs.inputShape as number[], filter.shape, attrs, true);
  const { inChannels, outChannels, strideWidth, padInfo } = conv;
  const multiplier = outChannels / inChannels;
  const unit = conv.strideHeight * strideWidth * conv.dilationHeight * conv.dilationWidth === 1;
  const inside = padInfo.top < conv.filterHeight && padInfo.left < conv.filterWidth;
  if (multiplier === 1 && unit && inside) return byConvolution(args, conv);
  const dx = zeros(backend, attrs.inputShape as number[]);
  if (multiplier === 1) {
    const { addScaled } = simdLoops(backend);
    const [to, from, weights] = [addressOf(backend, dx), addressOf(backend, dy), addressOf(backend, filter)];
    const [outStep, yStep] = [4 * strideWidth * inChannels, 4 * outChannels];
    overTaps(conv, (image, output, tap, count) =>
      addScaled(to + 4 * image, outStep, from + 4 * output, yStep, weights + 4 * tap, count, inChannels),
    );
    return dx;
  }
  const [to, from, weights] = [floats(backend, dx), floats(backend, dy), floats(backend, filter)];
  overTaps(conv, (image, output, tap, count) => {
    for (let column = 0; column < count; column++) {
      for (let o = 0; o < outChannels; o++) {
        const input = image + column * strideWidth * inChannels + Math.floor(o / multiplier);
        to[input]! += weights[tap + o]! * from[output + column * outChannels + o]!;
      }
    }
  });
  return dx;
}

export function registerDepthwiseBackprop(): void {
  replaceKernel(DepthwiseConv2dNativeBackpropFilter, depthwiseBackpropFilter);
  replaceKernel(DepthwiseConv2dNativeBackpropInput, depthwiseBackpropInput);
}
