/** Convolutions with what follows them: frozen batch normalisation or a bias, a residual, an activation. */

import type { TensorInfo } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { activationText } from './activations.ts';
import type { TrainingBackend } from './backend.ts';
import {
  type Geometry,
  geometryOf,
  isPointwise,
  pixelsOf,
  pixelText,
  sources,
  UNIFORMS,
  uniformsOf,
  type WindowOptions,
  windowKey,
  windowOf,
} from './conv-geometry.ts';
import { type BufferSpec, type KernelSource, reads, THREADS, writes } from './kernel.ts';
import { workgroupSum } from './reduce.ts';
import { operation } from './tape.ts';
import { SMALL, tileCount, tileCountOf, tiledProduct, tileFor, tileMemory } from './tile.ts';

export interface ConvolutionOptions extends WindowOptions {
  /** The kernel is [h, w, C, 1]: every channel on its own. Else [h, w, C, O]. */
  depthwise?: boolean | undefined;
  /** Frozen batch normalisation (Ioffe and Szegedy 2015): scale and shift train, mean and variance stand still. All [O]. */
  norm?: { scale: tf.Tensor; shift: tf.Tensor; mean: tf.Tensor; variance: tf.Tensor; eps: number } | undefined;
  /** [O]; not with a norm. */
  bias?: tf.Tensor | undefined;
  /** Of the result's shape, added before the activation. */
  residual?: tf.Tensor | undefined;
  activation?: 'relu' | 'relu6' | undefined;
}

/** What the text of the kernels of one convolution depends on. */
interface Form {
  g: Geometry;
  depthwise: boolean;
  normed: boolean;
  biased: boolean;
  activation: 'relu' | 'relu6' | undefined;
}

const keyOf = ({ g, depthwise, normed, biased, activation }: Form): string =>
  [
    windowKey(g),
    isPointwise(g) ? 'p' : '',
    depthwise ? 'd' : '',
    normed ? 'n' : biased ? 'b' : '',
    activation ?? 'none',
  ].join('/');

/** Workgroups that fill a device: sums over pixels are split until there are so many, or the parts are too short. */
const FILLS = 1024;
const SPLIT = { dense: { shortest: 512, most: 64 }, depthwise: { shortest: 128, most: 512 } } as const;

function chunksOf(g: Geometry, depthwise: boolean): number {
  const { shortest, most } = depthwise ? SPLIT.depthwise : SPLIT.dense;
  const across = depthwise ? Math.ceil(g.C / THREADS) : tileCount(g.kh * g.kw * g.C, g.O, SMALL);
  const wanted = Math.min(Math.ceil(FILLS / across), Math.ceil(pixelsOf(g) / shortest));
  return Math.max(1, Math.min(most, wanted));
}

/** `dz(m, o)`: the gradient in front of the activation. */
const upstreamText = ({ activation }: Form): string => `
fn dz(m : i32, o : i32) -> f32 { let i = m * u.O + o; return dy[i]${activation ? ' * slope(acted[i])' : ''}; }`;
/** `factor(o)`: what the norm multiplies by. */
const factorText = ({ normed }: Form): string =>
  normed ? 'fn factor(o : i32) -> f32 { return scale[o] * inverseSqrt(variance[o] + u.eps); }' : '';
const actedBuffer = ({ activation }: Form): BufferSpec[] => (activation ? [reads('acted')] : []);

function forwardSource(form: Form, residual: boolean): KernelSource {
  const { g, depthwise, normed, biased, activation } = form;
  const norms = normed ? ['scale', 'shift', 'mean', 'variance'] : biased ? ['bias'] : [];
  const finish = (i: string, o: string, sum: string): string => {
    const after = normed
      ? `(${sum} - mean[${o}]) * inverseSqrt(variance[${o}] + u.eps) * scale[${o}] + shift[${o}]`
      : `${sum}${biased ? ` + bias[${o}]` : ''}`;
    return `y[${i}] = activate(${after}${residual ? ` + residual[${i}]` : ''});`;
  };
  const buffers = [...['x', 'w', ...norms, ...(residual ? ['residual'] : [])].map((name) => reads(name)), writes('y')];
  const size = tileFor(pixelsOf(g), g.O);
  if (depthwise)
    return {
      buffers,
      uniforms: UNIFORMS,
      declarations: activationText(activation),
      main: `if (gid >= u.R * u.C) { return; }
  let c = gid % u.C;
  let m = gid / u.C;
  let image = m / (u.outH * u.outW);
  let pixel = m % (u.outH * u.outW);
  var sum = 0.0;
  ${windowOf(g, `sum += x[((image * u.H + row) * u.W + at) * u.C + c] * w[(ky * ${g.kw} + kx) * u.C + c];`)}
  ${finish('gid', 'c', 'sum')}`,
    };
  return {
    buffers,
    uniforms: UNIFORMS,
    threads: size.threads,
    declarations: [
      activationText(activation),
      pixelText(g),
      tileMemory(size),
      tiledProduct(
        {
          name: 'product',
          rows: 'u.R',
          columns: 'u.O',
          left: (m, k) => `pixelAt(${m}, ${k})`,
          right: (k, n) => `w[${k} * u.O + ${n}]`,
          store: (m, n, sum) => finish(`${m} * u.O + ${n}`, n, sum),
        },
        size,
      ),
    ].join('\n'),
    main: `if (group < ${tileCountOf('u.R', 'u.O', size)}) { product(group, lid, 0, ${g.kh * g.kw} * u.C); }`,
  };
}

/** dx: every pixel gathers from the outputs that looked at it. */
function inputGradientSource(form: Form): KernelSource {
  const { g, depthwise, normed, activation } = form;
  const factor = (o: string) => (normed ? ` * factor(${o})` : '');
  const base = {
    buffers: [
      reads('w'),
      ...(normed ? [reads('scale'), reads('variance')] : []),
      reads('dy'),
      ...actedBuffer(form),
      writes('dx'),
    ],
    uniforms: UNIFORMS,
  };
  const pixel = 'let image = i / (u.H * u.W); let row = (i / u.W) % u.H; let at = i % u.W;';
  if (depthwise)
    return {
      ...base,
      declarations: activationText(activation) + upstreamText(form) + factorText(form),
      main: `if (gid >= u.B * u.H * u.W * u.C) { return; }
  let c = gid % u.C;
  let i = gid / u.C;
  ${pixel}
  var sum = 0.0;
  ${sources(g, `sum += dz(m, c) * w[(ky * ${g.kw} + kx) * u.C + c];`)}
  dx[gid] = sum${factor('c')};`,
    };
  const size = tileFor(g.B * g.H * g.W, g.C);
  const left = isPointwise(g)
    ? `fn left(i : i32, k : i32) -> f32 { return dz(i, k)${factor('k')}; }`
    : `fn left(i : i32, k : i32) -> f32 {
  let o = k % u.O;
  let tap = k / u.O;
  ${pixel}
  let down = row + u.top - (tap / ${g.kw}) * ${g.dilation};
  let along = at + u.left - (tap % ${g.kw}) * ${g.dilation};
  if (down < 0 || along < 0 || down % ${g.stride} != 0 || along % ${g.stride} != 0) { return 0.0; }
  if (down / ${g.stride} >= u.outH || along / ${g.stride} >= u.outW) { return 0.0; }
  return dz((image * u.outH + down / ${g.stride}) * u.outW + along / ${g.stride}, o)${factor('o')};
}`;
  return {
    ...base,
    threads: size.threads,
    declarations: [
      activationText(activation),
      upstreamText(form),
      factorText(form),
      left,
      tileMemory(size),
      tiledProduct(
        {
          name: 'product',
          rows: '(u.B * u.H * u.W)',
          columns: 'u.C',
          left: (m, k) => `left(${m}, ${k})`,
          right: (k, n) => `w[((${k} / u.O) * u.C + ${n}) * u.O + ${k} % u.O]`,
          rightAlong: 'k',
          store: (m, n, sum) => `dx[${m} * u.C + ${n}] = ${sum};`,
        },
        size,
      ),
    ].join('\n'),
    main: `if (group < ${tileCountOf('(u.B * u.H * u.W)', 'u.C', size)}) { product(group, lid, 0, ${g.kh * g.kw} * u.O); }`,
  };
}

/** Rows of a partial sum: one a tap and channel, and the sums of dz behind them. */
const partRows = ({ kh, kw, C }: Geometry, depthwise: boolean): number => kh * kw * (depthwise ? 1 : C) + 1;

/** Partial sums over a chunk of the pixels of Σ pixel dz, and of Σ dz. Grid: tiles or channels in x, chunks in y. */
function filterPartsSource(form: Form): KernelSource {
  const { g, depthwise, activation } = form;
  const taps = g.kh * g.kw;
  const base = {
    buffers: [reads('x'), reads('dy'), ...actedBuffer(form), writes('parts')],
    uniforms: UNIFORMS,
  };
  const span = `let each = (u.R + u.chunks - 1) / u.chunks;
  let first = i32(wg.y) * each;
  let last = min(u.R, first + each);`;
  if (depthwise)
    return {
      ...base,
      declarations: activationText(activation) + upstreamText(form),
      main: `let c = i32(wg.x) * ${THREADS} + i32(lid);
  if (c >= u.C) { return; }
  ${span}
  var sums : array<f32, ${taps}>;
  var total = 0.0;
  for (var m = first; m < last; m++) {
    let d = dz(m, c);
    total += d;
    let image = m / (u.outH * u.outW);
    let pixel = m % (u.outH * u.outW);
    ${windowOf(g, `sums[ky * ${g.kw} + kx] += d * x[((image * u.H + row) * u.W + at) * u.C + c];`)}
  }
  let o = i32(wg.y) * ${taps + 1} * u.C + c;
  for (var t = 0; t < ${taps}; t++) { parts[o + t * u.C] = sums[t]; }
  parts[o + ${taps} * u.C] = total;`,
    };
  return {
    ...base,
    declarations: [
      activationText(activation),
      upstreamText(form),
      pixelText(g),
      'var<private> place : i32;',
      tileMemory(SMALL),
      tiledProduct(
        {
          name: 'product',
          rows: `(${taps} * u.C)`,
          columns: 'u.O',
          left: (m, k) => `pixelAt(${k}, ${m})`,
          leftAlong: 'm',
          right: (k, n) => `dz(${k}, ${n})`,
          store: (m, n, sum) => `parts[place + ${m} * u.O + ${n}] = ${sum};`,
          columnSum: (n, sum) => `parts[place + ${taps} * u.C * u.O + ${n}] = ${sum};`,
        },
        SMALL,
      ),
    ].join('\n'),
    main: `${span}
  place = i32(wg.y) * (${taps} * u.C + 1) * u.O;
  product(i32(wg.x), lid, first, last);`,
  };
}

/** What of a convolution's parameters is wanted. */
interface Wanted {
  w: boolean;
  norm: boolean;
  bias: boolean;
}

/**
 * Adds the parts up, a workgroup an output channel. With G = Σ pixel dz and D = Σ dz: dw = factor G, dshift = D,
 * dscale = (Σ w G - mean D) / √(variance + eps); without a norm dw = G, dbias = D.
 */
function filterSumSource({ normed }: Form, wanted: Wanted): KernelSource {
  const columnwise = (body: string) => `for (var k = i32(lid); k < rows; k += ${THREADS}) { ${body} }`;
  const summed = 'var sum = 0.0; for (var i = 0; i < u.chunks; i++) { sum += parts[(i * (rows + 1) + k) * u.O + o]; }';
  return {
    buffers: [
      reads('parts'),
      ...(normed ? ['w', 'scale', 'mean', 'variance'].map((name) => reads(name)) : []),
      ...(wanted.w ? [writes('dw')] : []),
      ...(normed && wanted.norm ? [writes('dscale'), writes('dshift')] : []),
      ...(wanted.bias ? [writes('dbias')] : []),
    ],
    uniforms: ['rows:i32', 'O:i32', 'chunks:i32', 'eps:f32'],
    declarations: workgroupSum('total'),
    main: `let o = group;
  if (o >= u.O) { return; }
  let rows = u.rows;
  ${normed ? 'let rstd = inverseSqrt(variance[o] + u.eps); let factor = rstd * scale[o];' : 'let factor = 1.0;'}
  var along = 0.0;
  ${columnwise(`${summed}
    ${wanted.w ? 'dw[k * u.O + o] = factor * sum;' : ''}
    ${normed ? 'along += w[k * u.O + o] * sum;' : ''}`)}
  var d = 0.0;
  for (var i = i32(lid); i < u.chunks; i += ${THREADS}) { d += parts[(i * (rows + 1) + rows) * u.O + o]; }
  let D = total(d, lid);
  ${normed && wanted.norm ? 'let A = total(along, lid); if (lid == 0u) { dshift[o] = D; dscale[o] = rstd * (A - mean[o] * D); }' : ''}
  ${wanted.bias ? 'if (lid == 0u) { dbias[o] = D; }' : ''}`,
  };
}

/**
 * y = act(norm(conv(x, w)) + residual): one dispatch forward; back one for x and two for the parameters. x [B, H, W, C] ->
 * [B, H', W', O].
 */
export function convolution(x: tf.Tensor, w: tf.Tensor, o: ConvolutionOptions): tf.Tensor {
  const { norm, bias, residual, activation, depthwise = false } = o;
  if (norm && bias) throw new Error('a bias in front of a norm has no effect');
  const g = geometryOf(x.shape, w.shape, o, depthwise);
  const form: Form = { g, depthwise, normed: norm !== undefined, biased: bias !== undefined, activation };
  const chunks = chunksOf(g, depthwise);
  const uniforms = uniformsOf(g, chunks, norm?.eps ?? 0);
  const key = keyOf(form);
  const R = pixelsOf(g);

  function filterGradients(
    backend: TrainingBackend,
    dy: tf.Tensor,
    acted: tf.Tensor | undefined,
    given: { x: tf.Tensor; w: tf.Tensor; scale: tf.Tensor | undefined; bias: tf.Tensor | undefined },
    wanted: Wanted,
  ): Record<string, TensorInfo> {
    const rows = partRows(g, depthwise);
    const parts = backend.make([chunks, rows, g.O]);
    const inner = [given.x, dy, ...(acted ? [acted] : []), parts];
    const across = depthwise ? Math.ceil(g.C / THREADS) : tileCount(rows - 1, g.O, SMALL);
    backend.dispatch(`conv.parts/${key}`, () => filterPartsSource(form), inner, uniforms, [across, chunks, 1]);
    const found: Record<string, TensorInfo> = {};
    if (wanted.w) found.w = backend.makeGradient(given.w);
    if (norm && wanted.norm) {
      found.scale = backend.makeGradient(given.scale!);
      found.shift = backend.makeGradient(norm.shift);
    }
    if (wanted.bias) found.bias = backend.makeGradient(given.bias!);
    const order = ['w', 'scale', 'shift', 'bias'].flatMap((name) => found[name] ?? []);
    const read = norm ? [given.w, given.scale!, norm.mean, norm.variance] : [];
    const name = `conv.sum/${norm ? 'n' : ''}${wanted.w ? 'w' : ''}${wanted.norm ? 's' : ''}${wanted.bias ? 'b' : ''}`;
    const sizes = [rows - 1, g.O, chunks, norm?.eps ?? 0];
    backend.dispatch(name, () => filterSumSource(form, wanted), [parts, ...read, ...order], sizes, g.O);
    backend.disposeData(parts.dataId);
    return found;
  }

  const [y] = operation<'x' | 'w' | 'scale' | 'shift' | 'bias' | 'residual'>({
    name: 'convolution',
    inputs: { x, w, scale: norm?.scale, shift: norm?.shift, bias, residual },
    forward(backend) {
      const out = backend.make([g.B, g.outH, g.outW, g.O]);
      const norms = norm ? [norm.scale, norm.shift, norm.mean, norm.variance] : bias ? [bias] : [];
      const size = tileFor(R, g.O);
      const groups = depthwise ? Math.ceil((R * g.C) / THREADS) : tileCount(R, g.O, size);
      backend.dispatch(
        `conv/${key}/${size.side}${residual ? 'r' : ''}`,
        () => forwardSource(form, residual !== undefined),
        [x, w, ...norms, ...(residual ? [residual] : []), out],
        uniforms,
        groups,
      );
      const kept = norm ? [norm.scale] : bias ? [bias] : [];
      return { outputs: [out], saved: [x, w, ...kept, ...(activation ? [out] : [])] };
    },
    backward(backend, dys, saved, wanted) {
      const dy = dys[0]!;
      const [keptX, keptW] = saved as [tf.Tensor, tf.Tensor];
      const scale = norm && saved[2];
      const acted = activation ? saved.at(-1)! : undefined;
      const found: Record<string, TensorInfo> = {};
      if (wanted.x) {
        found.x = backend.make(x.shape);
        const size = tileFor(g.B * g.H * g.W, g.C);
        const pixels = g.B * g.H * g.W;
        backend.dispatch(
          `conv.input/${key}/${size.side}`,
          () => inputGradientSource(form),
          [keptW, ...(norm ? [scale!, norm.variance] : []), dy, ...(acted ? [acted] : []), found.x],
          uniforms,
          depthwise ? Math.ceil((pixels * g.C) / THREADS) : tileCount(pixels, g.C, size),
        );
      }
      const own: Wanted = { w: wanted.w, norm: wanted.scale || wanted.shift, bias: wanted.bias };
      if (own.w || own.norm || own.bias) {
        const given = { x: keptX, w: keptW, scale, bias: norm ? undefined : saved[2] };
        Object.assign(found, filterGradients(backend, dy, acted, given, own));
      }
      if (wanted.residual)
        found.residual = activation ? residualGradient(backend, dy, acted!, activation) : backend.alias(dy);
      return found;
    },
  });
  return y!;
}

/** dy times the activation's slope, where a residual was added in front of one. */
function residualGradient(
  backend: TrainingBackend,
  dy: tf.Tensor,
  acted: tf.Tensor,
  activation: 'relu' | 'relu6',
): TensorInfo {
  const out = backend.make(dy.shape);
  const source = (): KernelSource => ({
    buffers: [reads('dy'), reads('acted'), writes('dx')],
    uniforms: ['n:i32'],
    declarations: activationText(activation),
    main: 'if (gid < u.n) { dx[gid] = dy[gid] * slope(acted[gid]); }',
  });
  const groups = Math.ceil(tf.util.sizeFromShape(dy.shape) / THREADS);
  backend.dispatch(`conv.residual/${activation}`, source, [dy, acted, out], [dy.size], groups);
  return out;
}
