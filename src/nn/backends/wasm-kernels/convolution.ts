/** Reads the attributes of convolution and pooling kernels. */
import { backend_util } from '@tensorflow/tfjs-core';
import type { Convolution } from './heap.ts';

type Shape4 = [number, number, number, number];
type Pad = number | 'same' | 'valid' | backend_util.ExplicitPadding;
type Rounding = 'floor' | 'round' | 'ceil';

function channelsLast(attrs: Record<string, unknown>): void {
  const format = attrs.dataFormat;
  if (format !== undefined && format !== 'NHWC') throw new Error(`convolution gradients take NHWC, not ${format}`);
}

/** The geometry of a convolution of inputs [B, H, W, C] with a filter [kh, kw, C, outChannels or multiplier]. */
export function convolutionOf(
  inputShape: readonly number[],
  filterShape: readonly number[],
  attrs: Record<string, unknown>,
  depthwise: boolean,
): Convolution {
  channelsLast(attrs);
  return backend_util.computeConv2DInfo(
    inputShape as Shape4,
    filterShape as Shape4,
    attrs.strides as number | [number, number],
    (depthwise ? (attrs.dilations as [number, number] | null) : null) ?? 1,
    attrs.pad as Pad,
    attrs.dimRoundingMode as Rounding,
    depthwise,
  );
}

/** The geometry of pooling windows over inputs [B, H, W, C]. */
export function poolingOf(inputShape: readonly number[], attrs: Record<string, unknown>): Convolution {
  return backend_util.computePool2DInfo(
    inputShape as Shape4,
    attrs.filterSize as number | [number, number],
    attrs.strides as number | [number, number],
    1,
    attrs.pad as Pad,
    attrs.dimRoundingMode as Rounding,
  );
}
