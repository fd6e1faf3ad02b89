/** Normalisation over the last axis with the residual sum in front of it: what LayerNorm and RMSNorm share. */

import type * as tf from '@tensorflow/tfjs-core';
import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { TrainingBackend } from './backend.ts';
import { reads, THREADS, writes } from './kernel.ts';
import { summing, workgroupSum } from './reduce.ts';
import { operation } from './tape.ts';
import { rowThreads } from './way.ts';

/**
 * What comes out: the norm; the sum as well, where a residual stream goes on beside it; or the norm twice, the same
 * memory, where both a layer and the next sum read it, so that their gradients meet in this kernel and not in an addition.
 */
export type Give = 'norm' | 'sum and norm' | 'norm twice';

export interface Norm {
  x: tf.Tensor;
  residual?: tf.Tensor | undefined;
  /** [D] */
  scale: tf.Tensor;
  /** [D]; with it the mean is taken off, without it the norm is RMSNorm. */
  bias?: tf.Tensor | undefined;
  eps: number;
  give: Give;
}

const UNIFORMS = ['R:i32', 'D:i32', 'eps:f32', 'rows:i32'];

/** For every column that is the thread's. */
const columns = (body: string): string => `for (var c = i32(lid); c < u.D; c += ${rowThreads()}) { ${body} }`;

/** The row's `mean` and 1 / standard deviation, `rstd`, in two passes, so that nothing cancels. */
const statistics = (centred: boolean): string => `
  var part = 0.0;
  ${centred ? `${columns('part += s[o + c];')} let mean = total(part, lid).x / f32(u.D); part = 0.0;` : 'let mean = 0.0;'}
  ${columns('let d = s[o + c] - mean; part += d * d;')}
  let rstd = inverseSqrt(total(part, lid).x / f32(u.D) + u.eps);`;
const total = (): string => `${workgroupSum('sum', 'vec4f', rowThreads())}
fn total(value : f32, lid : u32) -> vec4f { return sum(vec4f(value), lid); }`;

const forwardSource = (centred: boolean, summed: boolean) => ({
  buffers: [
    ...(summed ? [reads('x'), reads('residual'), writes('s')] : [reads('s')]),
    ...[reads('scale'), ...(centred ? [reads('bias')] : []), writes('y')],
  ],
  uniforms: UNIFORMS,
  threads: rowThreads(),
  ...summing(),
  declarations: total(),
  main: `if (group >= u.R) { return; }
  let o = group * u.D;
  ${summed ? columns('s[o + c] = x[o + c] + residual[o + c];') : ''}
  ${statistics(centred)}
  ${columns(`y[o + c] = (s[o + c] - mean) * rstd * scale[c]${centred ? ' + bias[c]' : ''};`)}`,
});

/** What is added: to the gradient of the norm, or to the result as the gradient of the sum. */
type Extra = 'none' | 'norm' | 'sum';
interface Backward {
  centred: boolean;
  extra: Extra;
  /** Whether the gradients of the input and of scale and bias are asked for. */
  input: boolean;
  parameters: boolean;
  width: number;
}

/**
 * With x̂ = (s - mean) rstd and g = dy scale: ds = rstd (g - mean(g) - x̂ mean(g x̂)), without mean(g) where nothing is
 * centred; and the sums of dy x̂ and dy over the rows of a workgroup.
 */
function backwardSource({ centred, extra, input, parameters, width }: Backward) {
  const threads = rowThreads();
  const own = Math.ceil(width / threads);
  const upstream = extra === 'norm' ? '(dy[o + c] + extra[o + c])' : 'dy[o + c]';
  const ds = `rstd * (d * scale[c] - means.x - unit * means.y)${extra === 'sum' ? ' + extra[o + c]' : ''}`;
  const ownColumns = (body: string) =>
    `for (var j = 0; j < ${own}; j++) { let c = i32(lid) + j * ${threads}; if (c < u.D) { ${body} } }`;
  return {
    buffers: [
      ...[reads('s'), reads('scale'), reads('dy'), ...(extra === 'none' ? [] : [reads('extra')])],
      ...[...(input ? [writes('ds')] : []), ...(parameters ? [writes('parts')] : [])],
    ],
    uniforms: UNIFORMS,
    threads,
    ...summing(),
    declarations: total(),
    main: `
  ${parameters ? `var scales : array<f32, ${own}>; var biases : array<f32, ${own}>;` : ''}
  let last = min(u.R, (group + 1) * u.rows);
  for (var row = group * u.rows; row < last; row++) {
    let o = row * u.D;
    ${statistics(centred)}
    ${
      input
        ? `var own = vec4f(0.0);
    ${columns(`let g = ${upstream} * scale[c]; own.${centred ? 'x' : 'z'} += g; own.y += g * (s[o + c] - mean) * rstd;`)}
    let means = sum(own, lid) / f32(u.D);`
        : ''
    }
    ${ownColumns(`let unit = (s[o + c] - mean) * rstd;
      let d = ${upstream};
      ${parameters ? 'scales[j] += d * unit; biases[j] += d;' : ''}
      ${input ? `ds[o + c] = ${ds};` : ''}`)}
  }
  ${
    parameters
      ? ownColumns(`parts[group * ${centred ? 2 : 1} * u.D + c] = scales[j];
      ${centred ? 'parts[(group * 2 + 1) * u.D + c] = biases[j];' : ''}`)
      : ''
  }`,
  };
}

/** Columns that a workgroup of the last sums has; its other threads share the parts. */
const COLUMNS = 16;
const sumsSource = (centred: boolean) => ({
  buffers: [reads('parts'), writes('dscale'), ...(centred ? [writes('dbias')] : [])],
  uniforms: ['parts:i32', 'D:i32'],
  declarations: `var<workgroup> sums : array<f32, ${THREADS}>;`,
  main: `let n = group * ${COLUMNS} + i32(lid) % ${COLUMNS};
  let width = u.D * ${centred ? 2 : 1};
  var own = 0.0;
  if (n < width) { for (var i = i32(lid) / ${COLUMNS}; i < u.parts; i += ${THREADS / COLUMNS}) { own += parts[i * width + n]; } }
  sums[lid] = own;
  workgroupBarrier();
  if (lid < ${COLUMNS} && n < width) {
    let sum = sums[lid]${Array.from({ length: THREADS / COLUMNS - 1 }, (_, i) => ` + sums[lid + ${(i + 1) * COLUMNS}]`).join('')};
    if (n < u.D) { dscale[n] = sum; }${centred ? ' else { dbias[n - u.D] = sum; }' : ''}
  }`,
});

/** Rows that a workgroup takes on the way back where it sums over them: enough groups, and few parts. */
const rowsOf = (rows: number): number => Math.max(4, Math.ceil(rows / 512));
/** Parts of the sums over so many rows. */
export const partsOf = (rows: number): number => Math.ceil(rows / rowsOf(rows));

/** The gradients of the norm at `s`. */
function backward(
  backend: TrainingBackend,
  s: tf.Tensor,
  { scale, bias, eps }: Norm,
  dy: tf.Tensor,
  extra: { of: Extra; dy?: tf.Tensor | undefined },
  wanted: Readonly<Record<string, boolean>>,
): Record<string, TensorInfo> {
  const D = scale.size;
  const R = s.size / D;
  const centred = bias !== undefined;
  const input = Boolean(wanted.x || wanted.residual);
  const parameters = Boolean(wanted.scale || wanted.bias);
  const rows = parameters ? rowsOf(R) : 1;
  const blocks = Math.ceil(R / rows);
  const found: Record<string, TensorInfo> = {};
  const ds = input ? backend.make(s.shape) : undefined;
  const parts = parameters ? backend.make([blocks, centred ? 2 : 1, D]) : undefined;
  const variant: Backward = { centred, extra: extra.of, input, parameters, width: D };
  const outputs = [...(ds ? [ds] : []), ...(parts ? [parts] : [])];
  backend.dispatch(
    `norm.backward/${Object.values(parameters ? variant : { ...variant, width: 0 })}`,
    () => backwardSource(variant),
    [s, scale, dy, ...(extra.dy ? [extra.dy] : []), ...outputs],
    [R, D, eps, rows],
    blocks,
  );
  if (ds && wanted.x) found.x = ds;
  if (ds && wanted.residual) found.residual = wanted.x ? backend.alias(ds) : ds;
  if (parts) {
    found.scale = backend.makeGradient(scale);
    if (bias) found.bias = backend.makeGradient(bias);
    const sums = [found.scale, ...(found.bias ? [found.bias] : [])];
    const groups = Math.ceil((D * sums.length) / COLUMNS);
    backend.dispatch(`norm.sums/${centred}`, () => sumsSource(centred), [parts, ...sums], [blocks, D], groups);
    backend.disposeData(parts.dataId);
  }
  return found;
}

/** The results in the order of `give`'s words. */
export function normalise(norm: Norm): tf.Tensor[] {
  const { x, residual, scale, bias, eps, give } = norm;
  const centred = bias !== undefined;
  return operation<'x' | 'residual' | 'scale' | 'bias'>({
    name: 'norm',
    inputs: { x, residual, scale, bias },
    forward(backend) {
      const [D, R] = [scale.size, x.size / scale.size];
      const y = backend.make(x.shape);
      const s = residual ? backend.make(x.shape) : backend.alias(x);
      const read = residual ? [x, residual, s] : [s];
      const source = () => forwardSource(centred, residual !== undefined);
      const tensors = [...read, scale, ...(bias ? [bias] : []), y];
      backend.dispatch(`norm.forward/${centred}/${residual !== undefined}`, source, tensors, [R, D, eps, 0], R);
      const outputs = {
        norm: () => [y],
        'sum and norm': () => [s, y],
        'norm twice': () => [y, backend.alias(y)],
      };
      return { outputs: outputs[give](), saved: [s, scale] };
    },
    backward(backend, [first, second], [s, kept], wanted) {
      const dy = give === 'sum and norm' ? second : (first ?? second);
      if (!dy) throw new Error('nothing depends on a norm');
      const other = give === 'sum and norm' ? first : first && second;
      const of = !other ? 'none' : give === 'sum and norm' ? 'sum' : 'norm';
      return backward(backend, s!, { ...norm, scale: kept! }, dy, { of, dy: other }, wanted);
    },
  });
}
