/** What a convolution holds with all that its kernel takes along: a norm, a low-rank pair, a residual, an activation. */
import type { ConvLayerOptions, Ops } from '../core.ts';
import { chunksOf, partRows } from '../kernels/conv-filter.ts';
import { geometryOf } from '../kernels/conv-geometry.ts';
import { chunksBeside, innerSize, scratchSize } from '../kernels/low-rank-conv-parts.ts';
import type { ConvArgs, ConvWeights } from '../plan/rules/convolutions.ts';
import { COMPOSED } from './composed.ts';
import { type Buffer, bytesOf, type Held } from './ledger.ts';
import type { Recorder } from './recorder.ts';

type Found = [of: Held, dx: Buffer][];
interface Call {
  x: Held;
  o: ConvLayerOptions;
  weights: ConvWeights<Held>;
  residual: Held | undefined;
  /** x is given on. */
  joined: boolean;
}

const shapeOf = ({ shape }: Held): number[] => shape.map(Number);
const geometry = ({ x, o, weights }: Call) => geometryOf(shapeOf(x), shapeOf(weights.w), o, o.depthwise ?? false);

/** What comes out, and x again where it is given on. */
function outputs(r: Recorder, call: Call): Held[] {
  const { B, outH, outW, O } = geometry(call);
  const y = r.made({ shape: [B, outH, outW, O], dtype: 'float32' });
  return call.joined ? [y, r.shared(call.x, call.x)] : [y];
}

/** The gradient by what is added: what comes, or what the activation lets through of it. */
const residualGradient = (r: Recorder, { o, residual }: Call, dy: Buffer): Found => [
  [residual!, o.activation ? r.ledger.take(dy.bytes) : r.ledger.hold(dy)],
];

function plain(r: Recorder, call: Call): Held[] {
  const { x, o, weights, residual } = call;
  const { w, bias, norm } = weights;
  const results = outputs(r, call);
  const g = geometry(call);
  const wanted = r.wanted({ x, w, scale: norm?.scale, shift: norm?.shift, bias, residual });
  const own = [wanted.w && w, wanted.scale && norm!.scale, wanted.shift && norm!.shift, wanted.bias && bias!];
  const parameters = own.filter((weight) => weight !== false);
  const depthwise = o.depthwise ?? false;
  r.taped(wanted, {
    outputs: results,
    saved: [...(parameters.length > 0 ? [x] : []), ...(o.activation ? [results[0]!] : [])],
    back([dy]) {
      const found: Found = wanted.x ? [[x, r.ledger.take(bytesOf(x))]] : [];
      for (const weight of parameters) found.push([weight, r.weightGradient(weight)]);
      if (parameters.length > 0) r.ledger.note(4 * chunksOf(g, depthwise) * partRows(g, depthwise) * g.O);
      return wanted.residual ? [...found, ...residualGradient(r, call, dy!)] : found;
    },
  });
  return results;
}

function withPair(r: Recorder, call: Call): Held[] {
  const { x, o, weights, residual } = call;
  const { a, b } = weights.lowRank!;
  const g = geometry(call);
  const rank = Number(a.shape.at(-1));
  const beside = { form: { g, normed: weights.norm !== undefined }, rank, chunks: chunksBeside(g, rank) };
  const inner = r.made({ shape: [innerSize(beside)], dtype: 'float32' });
  const results = outputs(r, call);
  const wanted = r.wanted({ x, a, b, residual });
  const moving = [...(wanted.a ? [a] : []), ...(wanted.b ? [b] : [])];
  r.taped(wanted, {
    outputs: results,
    saved: [
      ...(wanted.a ? [x] : []),
      ...(wanted.x || moving.length > 0 ? [inner] : []),
      ...(o.activation ? [results[0]!] : []),
    ],
    back([dy]) {
      const found = r.beside(4 * scratchSize(beside), (): Found => {
        const dx: Found = wanted.x ? [[x, r.ledger.take(bytesOf(x))]] : [];
        return [...dx, ...moving.map((weight): Found[number] => [weight, r.weightGradient(weight)])];
      });
      return wanted.residual ? [...found, ...residualGradient(r, call, dy!)] : found;
    },
  });
  r.release(inner);
  return results;
}

/** `conv` of `../plan/kernels.ts`. */
export const conv =
  (r: Recorder) =>
  (ops: Ops<Held>, ...[name, x, o, weights, residual, passes]: ConvArgs<Held>): Held | Held[] => {
    const { w, bias, norm, lowRank } = weights;
    const byBatch = o.norm && ops.batchStatistics?.(o.norm.name, o.norm);
    const frozen = { w, bias, scale: norm?.scale, shift: norm?.shift };
    if (byBatch || (lowRank && Object.values(r.wanted(frozen)).includes(true))) {
      const y = COMPOSED['kernel.conv'](ops, name, x, o, weights, residual, false);
      return passes ? [y, r.shared(x, x)] : y;
    }
    const joined = passes && r.wanted({ x }).x;
    const call: Call = { x, o, weights, residual, joined };
    const results = lowRank ? withPair(r, call) : plain(r, call);
    if (!passes) return results[0]!;
    return joined ? results : [results[0]!, r.shared(x, x)];
  };
