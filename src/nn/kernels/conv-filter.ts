/** Gradients of a convolution by its parameters: sums over all pixels, in parts that are added up. */
import { activationText } from './activations.ts';
import { actedBuffer, type Form, upstreamText } from './conv-form.ts';
import { type Geometry, isPointwise, pixelsOf, pixelText, UNIFORMS, windowOf } from './conv-geometry.ts';
import { type KernelSource, reads, readsWeight, THREADS, writes } from './kernel.ts';
import { summing, workgroupSum } from './reduce.ts';
import { SMALL, tileCount, tiledProduct, tileMemory } from './tile.ts';
import { rowThreads } from './way.ts';

/** Workgroups that fill a device: sums over pixels are split until there are so many, or the parts are too short. */
const FILLS = 1024;
const SPLIT = { dense: { shortest: 512, most: 64 }, depthwise: { shortest: 128, most: 512 } } as const;

/** Of sums over the pixels of which each chunk takes `across` workgroups. */
export const pixelChunks = (g: Geometry, across: number, depthwise = false): number => {
  const { shortest, most } = depthwise ? SPLIT.depthwise : SPLIT.dense;
  const wanted = Math.min(Math.ceil(FILLS / across), Math.ceil(pixelsOf(g) / shortest));
  return Math.max(1, Math.min(most, wanted));
};
export const chunksOf = (g: Geometry, depthwise: boolean): number =>
  pixelChunks(g, depthwise ? Math.ceil(g.C / THREADS) : tileCount(g.kh * g.kw * g.C, g.O, SMALL), depthwise);

/** Rows of a partial sum: one a tap and channel, and the sums of dz behind them. */
export const partRows = ({ kh, kw, C }: Geometry, depthwise: boolean): number => kh * kw * (depthwise ? 1 : C) + 1;

/** Partial sums over a chunk of the pixels of Σ pixel dz, and of Σ dz. Grid: tiles or channels in x, chunks in y. */
export function filterPartsSource(form: Form): KernelSource {
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
          costly: !isPointwise(g),
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
export interface Wanted {
  w: boolean;
  norm: boolean;
  bias: boolean;
}

/**
 * Adds the parts up, a workgroup an output channel. With G = Σ pixel dz and D = Σ dz: dw = factor G, dshift = D,
 * dscale = (Σ w G - mean D) / √(variance + eps); without a norm dw = G, dbias = D.
 */
export function filterSumSource({ normed }: Form, wanted: Wanted): KernelSource {
  const threads = rowThreads();
  const columnwise = (body: string) => `for (var k = i32(lid); k < rows; k += ${threads}) { ${body} }`;
  const summed = 'var sum = 0.0; for (var i = 0; i < u.chunks; i++) { sum += parts[(i * (rows + 1) + k) * u.O + o]; }';
  return {
    buffers: [
      reads('parts'),
      ...(normed ? [readsWeight('w'), ...['scale', 'mean', 'variance'].map((name) => reads(name))] : []),
      ...(wanted.w ? [writes('dw')] : []),
      ...(normed && wanted.norm ? [writes('dscale'), writes('dshift')] : []),
      ...(wanted.bias ? [writes('dbias')] : []),
    ],
    uniforms: ['rows:i32', 'O:i32', 'chunks:i32', 'eps:f32'],
    threads,
    ...summing(),
    declarations: workgroupSum('total', 'f32', threads),
    main: `let o = group;
  if (o >= u.O) { return; }
  let rows = u.rows;
  ${normed ? 'let rstd = inverseSqrt(variance[o] + u.eps); let factor = rstd * scale[o];' : 'let factor = 1.0;'}
  var along = 0.0;
  ${columnwise(`${summed}
    ${wanted.w ? 'dw[k * u.O + o] = factor * sum;' : ''}
    ${normed ? 'along += wAt(k * u.O + o) * sum;' : ''}`)}
  var d = 0.0;
  for (var i = i32(lid); i < u.chunks; i += ${threads}) { d += parts[(i * (rows + 1) + rows) * u.O + o]; }
  let D = total(d, lid);
  ${normed && wanted.norm ? 'let A = total(along, lid); if (lid == 0u) { dshift[o] = D; dscale[o] = rstd * (A - mean[o] * D); }' : ''}
  ${wanted.bias ? 'if (lid == 0u) { dbias[o] = D; }' : ''}`,
  };
}
