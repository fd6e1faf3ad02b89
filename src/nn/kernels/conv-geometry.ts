import type { Pad } from '../core.ts';
import { slide } from '../shapes.ts';

export interface WindowOptions {
  stride: number;
  pad: Pad;
  dilation?: number | undefined;
}

/** Sizes of a convolution. Images are NHWC; of a depthwise one `O` is `C`. */
export interface Geometry {
  B: number;
  H: number;
  W: number;
  C: number;
  O: number;
  outH: number;
  outW: number;
  kh: number;
  kw: number;
  stride: number;
  dilation: number;
  /** Rows and columns of zeros before the image. */
  top: number;
  left: number;
}

export function geometryOf(
  x: readonly number[],
  kernel: readonly number[],
  o: WindowOptions,
  depthwise: boolean,
): Geometry {
  const [B, H, W, C] = x as [number, number, number, number];
  const [kh, kw] = kernel as [number, number];
  const { stride, pad, dilation = 1 } = o;
  const out = (size: number, window: number) => slide(size, window, { stride, pad, dilation });
  const [outH, outW] = [out(H, kh), out(W, kw)];
  /** TensorFlow's 'same': what is odd goes behind. */
  const before = (size: number, window: number, given: number) => {
    if (pad !== 'same') return pad === 'valid' ? 0 : pad;
    return Math.max(0, (given - 1) * stride + (window - 1) * dilation + 1 - size) >> 1;
  };
  return {
    B,
    H,
    W,
    C,
    O: depthwise ? C : kernel[3]!,
    outH,
    outW,
    kh,
    kw,
    stride,
    dilation,
    top: before(H, kh, outH),
    left: before(W, kw, outW),
  };
}

/** A pixel at a time, each once: a product of matrices. */
export const isPointwise = ({ kh, kw, stride, top, left }: Geometry): boolean =>
  kh === 1 && kw === 1 && stride === 1 && top === 0 && left === 0;

/** What is written into the text of a kernel; the rest is uniforms. */
export const windowKey = ({ kh, kw, stride, dilation }: Geometry): string => `${kh}x${kw}s${stride}d${dilation}`;

export const UNIFORMS = [
  ...['B', 'H', 'W', 'C', 'O', 'outH', 'outW', 'top', 'left', 'R', 'chunks'].map((name) => `${name}:i32`),
  'eps:f32',
];
/** `R` is the number of pixels that come out, `chunks` into how many parts sums over them are split. */
export const uniformsOf = (g: Geometry, chunks: number, eps: number): number[] => [
  ...[g.B, g.H, g.W, g.C, g.O, g.outH, g.outW, g.top, g.left, pixelsOf(g), chunks],
  eps,
];
export const pixelsOf = ({ B, outH, outW }: Geometry): number => B * outH * outW;

/** `pixelAt(m, k)`: value k = (ky, kx, c) of the window of output pixel m, zero outside of the image. `read` gets it from x. */
export const pixelText = (g: Geometry, read: (i: string) => string = (i) => `x[${i}]`): string =>
  isPointwise(g)
    ? `fn pixelAt(m : i32, k : i32) -> f32 { let i = m * u.C + k; return ${read('i')}; }`
    : `fn pixelAt(m : i32, k : i32) -> f32 {
  let image = m / (u.outH * u.outW);
  let pixel = m % (u.outH * u.outW);
  let tap = k / u.C;
  let row = (pixel / u.outW) * ${g.stride} + (tap / ${g.kw}) * ${g.dilation} - u.top;
  let at = (pixel % u.outW) * ${g.stride} + (tap % ${g.kw}) * ${g.dilation} - u.left;
  if (row < 0 || at < 0 || row >= u.H || at >= u.W) { return 0.0; }
  let i = ((image * u.H + row) * u.W + at) * u.C + k % u.C;
  return ${read('i')};
}`;

/** Where in the image pixel `i` is. */
export const PIXEL = 'let image = i / (u.H * u.W); let row = (i / u.W) % u.H; let at = i % u.W;';

/**
 * `name(i, k)`: `value` of output pixel `m` at `o`, for k = (ky, kx, o) with `width` values of o, where tap (ky, kx) of m
 * looks at pixel i of the image; else zero.
 */
export const lookedAtText = (g: Geometry, name: string, width: string, value: string): string =>
  isPointwise(g)
    ? `fn ${name}(m : i32, o : i32) -> f32 { ${value} }`
    : `fn ${name}(i : i32, k : i32) -> f32 {
  let o = k % ${width};
  let tap = k / ${width};
  ${PIXEL}
  let down = row + u.top - (tap / ${g.kw}) * ${g.dilation};
  let along = at + u.left - (tap % ${g.kw}) * ${g.dilation};
  if (down < 0 || along < 0 || down % ${g.stride} != 0 || along % ${g.stride} != 0) { return 0.0; }
  if (down / ${g.stride} >= u.outH || along / ${g.stride} >= u.outW) { return 0.0; }
  let m = (image * u.outH + down / ${g.stride}) * u.outW + along / ${g.stride};
  ${value}
}`;

/** Runs `body` for every output pixel m that tap (ky, kx) of input pixel (image, row, at) goes into. */
export const sources = (g: Geometry, body: string): string => `
for (var ky = 0; ky < ${g.kh}; ky++) {
  let down = row + u.top - ky * ${g.dilation};
  if (down < 0 || down % ${g.stride} != 0 || down / ${g.stride} >= u.outH) { continue; }
  for (var kx = 0; kx < ${g.kw}; kx++) {
    let along = at + u.left - kx * ${g.dilation};
    if (along < 0 || along % ${g.stride} != 0 || along / ${g.stride} >= u.outW) { continue; }
    let m = (image * u.outH + down / ${g.stride}) * u.outW + along / ${g.stride};
    ${body}
  }
}`;

/** Runs `body` for every pixel (row, at) of the image that output pixel m of \`pixel\` looks at. */
export const windowOf = (g: Geometry, body: string): string => `
for (var ky = 0; ky < ${g.kh}; ky++) {
  let row = (pixel / u.outW) * ${g.stride} + ky * ${g.dilation} - u.top;
  if (row < 0 || row >= u.H) { continue; }
  for (var kx = 0; kx < ${g.kw}; kx++) {
    let at = (pixel % u.outW) * ${g.stride} + kx * ${g.dilation} - u.left;
    if (at < 0 || at >= u.W) { continue; }
    ${body}
  }
}`;
