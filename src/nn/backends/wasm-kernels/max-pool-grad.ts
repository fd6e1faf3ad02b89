import { MaxPoolGrad, type TensorInfo } from '@tensorflow/tfjs-core';
import { poolingOf } from './convolution.ts';
import { type Convolution, floats, type KernelArgs, replaceKernel, zeros } from './heap.ts';

/** Offset in `x` of the first greatest value of the window whose corner is (top, left), for one channel; -1 if empty. */
function argmax(x: Float32Array, conv: Convolution, image: number, top: number, left: number, channel: number): number {
  const { inHeight, inWidth, inChannels } = conv;
  const [bottom, right] = [Math.min(inHeight, top + conv.filterHeight), Math.min(inWidth, left + conv.filterWidth)];
  let best = -1;
  let greatest = Number.NEGATIVE_INFINITY;
  for (let row = Math.max(0, top); row < bottom; row++) {
    for (let column = Math.max(0, left); column < right; column++) {
      const at = ((image * inHeight + row) * inWidth + column) * inChannels + channel;
      if (best < 0 || x[at]! > greatest) {
        greatest = x[at]!;
        best = at;
      }
    }
  }
  return best;
}

/** dX of max pooling: each dy goes to the first greatest input of its window. The stock kernel returns wrong sums. */
export function maxPoolGrad({ inputs, attrs, backend }: KernelArgs): TensorInfo {
  const [dy, input] = [inputs.dy!, inputs.input!];
  const conv = poolingOf(input.shape, attrs);
  const dx = zeros(backend, input.shape);
  const [to, x, from] = [floats(backend, dx), floats(backend, input), floats(backend, dy)];
  const { batchSize, outHeight, outWidth, outChannels, padInfo } = conv;
  let at = 0;
  for (let image = 0; image < batchSize; image++) {
    for (let row = 0; row < outHeight; row++) {
      const top = row * conv.strideHeight - padInfo.top;
      for (let column = 0; column < outWidth; column++) {
        const left = column * conv.strideWidth - padInfo.left;
        for (let channel = 0; channel < outChannels; channel++) {
          const source = argmax(x, conv, image, top, left, channel);
          if (source >= 0) to[source]! += from[at]!;
          at++;
        }
      }
    }
  }
  return dx;
}

export const registerMaxPoolGrad = (): void => replaceKernel(MaxPoolGrad, maxPoolGrad);
