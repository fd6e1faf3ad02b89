/** What the kernels of a plan (`../plan/kernels.ts`) hold: what each makes, keeps for its gradient, and works in meanwhile. */
import type { AttentionOptions, NormOptions, Ops } from '../core.ts';
import { normWeights } from '../derive.ts';
import { needsInput } from '../kernels/activations.ts';
import { WIDEST } from '../kernels/attention.ts';
import { type Give, partsOf } from '../kernels/norm.ts';
import type { CallOf } from '../plan/execute.ts';
import type { LinearCall } from '../plan/rules/linear.ts';
import { type Abstract, product } from '../shapes.ts';
import { COMPOSED } from './composed.ts';
import { conv } from './convolution.ts';
import { type Buffer, bytesOf, type Held } from './ledger.ts';
import type { Recorder } from './recorder.ts';

export type HeldKernels = Readonly<Record<string, CallOf<Held>>>;
type HeldOps = Ops<Held>;

type Found = [of: Held, dx: Buffer];

const float32 = (...shape: readonly (number | string)[]): Abstract => ({ shape, dtype: 'float32' });
const last = ({ shape }: Held): number => Number(shape.at(-1));
const rowsOf = (x: Held): number => Number(product(x.shape.slice(0, -1)));
const numbered = (tensors: readonly Held[]): Record<string, Held> => Object.fromEntries(tensors.entries());
const some = (wanted: Readonly<Record<string, boolean>>): boolean => Object.values(wanted).includes(true);
const isAlike = (a: Held, b: Held): boolean => String(a.shape) === String(b.shape) && a.dtype === b.dtype;

type LinearHeld = Omit<LinearCall, 'weights' | 'biases' | 'residual' | 'lowRank'> & {
  weights: readonly Held[];
  biases?: readonly Held[];
  residual?: Held;
  lowRank?: readonly ({ a: Held; b: Held } | undefined)[];
};

const linear =
  (r: Recorder) =>
  (_ops: HeldOps, x: Held, o: LinearHeld): Held => {
    const { weights, biases = [], lowRank = [], residual, activation, transposed } = o;
    const pairs = lowRank.filter((pair) => pair !== undefined);
    const [as, bs] = [pairs.map(({ a }) => a), pairs.map(({ b }) => b)];
    const parameters = [...weights, ...biases, ...as, ...bs];
    const wanted: Record<string, boolean> = r.wanted({ ...numbered(parameters), x, residual });
    const R = rowsOf(x);
    const N = weights.reduce((sum, { shape }) => sum + Number(shape[transposed ? 0 : 1]), 0);
    const rank = as.reduce((sum, { shape }) => sum + Number(shape[1]), 0);
    const y = r.made(float32(...x.shape.slice(0, -1), N));
    const trains = (tensors: readonly Held[]) => some(r.wanted(numbered(tensors)));
    const z = needsInput(activation) && some(wanted) ? r.made(float32(R, N)) : undefined;
    const h = rank > 0 ? r.made(float32(R, rank)) : undefined;
    r.taped(wanted, {
      outputs: [y],
      saved: [
        ...(trains(weights) || trains(as) ? [x] : []),
        ...(activation ? [z ?? y] : []),
        ...(h && trains(bs) ? [h] : []),
      ],
      back: ([dy]) => {
        const found = parameters.filter((_, i) => wanted[i]).map((weight): Found => [weight, r.weightGradient(weight)]);
        if (wanted.x) found.push([x, r.ledger.take(bytesOf(x))]);
        if (rank > 0 && (wanted.x || trains(as))) r.ledger.note(4 * R * rank);
        if (wanted.residual) found.push([residual!, r.ledger.hold(dy!)]);
        return found;
      },
    });
    for (const one of [z, h]) if (one) r.release(one);
    return y;
  };

/** Sums of a row, and room for as many on the way back. */
const sumsOf = (q: Held, heads: number): Abstract => float32(2, q.shape[0]!, heads, q.shape[1]!);

const selfAttention =
  (r: Recorder) =>
  (ops: HeldOps, name: string, packed: Held, o: AttentionOptions<Held>): Held => {
    const width = last(packed) / 3;
    if (width / o.heads > WIDEST) return COMPOSED['kernel.attention'](ops, name, packed, o);
    const y = r.made(float32(...packed.shape.slice(0, -1), width));
    const sums = r.made(sumsOf(packed, o.heads));
    const back = (): Found[] => [[packed, r.ledger.take(bytesOf(packed))]];
    r.taped(r.wanted({ packed }), { outputs: [y], saved: [packed, y, sums], back });
    r.release(sums);
    return y;
  };

const attention =
  (r: Recorder) =>
  (ops: HeldOps, name: string, q: Held, k: Held, v: Held, o: AttentionOptions<Held>): Held => {
    if (o.prefix || o.bias || (o.cross && o.causal) || last(q) / o.heads > WIDEST)
      return ops.attention(name, q, k, v, o);
    const y = r.made(q);
    const sums = r.made(sumsOf(q, o.heads));
    const wanted = r.wanted({ q, k, v });
    const own = wanted.k || wanted.v ? [q, k, v] : [q];
    r.taped(wanted, {
      outputs: [y],
      saved: [q, k, v, y, sums],
      back: () => own.map((x) => [x, r.ledger.take(bytesOf(x))]),
    });
    r.release(sums);
    return y;
  };

function norm(
  r: Recorder,
  x: Held,
  o: { residual?: Held | undefined; parameters: readonly Held[]; give: Give },
): Held | Held[] {
  const { residual, parameters, give } = o;
  const y = r.made(x);
  const s = residual ? r.made(x) : r.shared(x, x);
  const outputs = { norm: [y], 'sum and norm': [s, y], 'norm twice': [y, y] }[give];
  if (give === 'norm twice') outputs[1] = r.shared(y, y);
  const wanted: Record<string, boolean> = r.wanted({ ...numbered(parameters), x, residual });
  const moving = parameters.filter((_, i) => wanted[i]);
  r.taped(wanted, {
    outputs,
    saved: [s],
    back() {
      const ds = wanted.x || wanted.residual ? r.ledger.take(bytesOf(x)) : undefined;
      const parts = moving.length > 0 ? 4 * partsOf(rowsOf(x)) * parameters.length * last(x) : 0;
      const found = r.beside(parts, () => moving.map((weight): Found => [weight, r.weightGradient(weight)]));
      if (ds && wanted.x) found.push([x, ds]);
      if (ds && wanted.residual) found.push([residual!, wanted.x ? r.ledger.hold(ds) : ds]);
      return found;
    },
  });
  if (give !== 'sum and norm') r.release(s);
  return give === 'norm' ? y : outputs;
}

/** One value of one other, whose gradient is made anew and reads nothing of it. */
const made = (r: Recorder, x: Held, shape: Abstract): Held => {
  const y = r.made(shape);
  r.taped(r.wanted({ x }), { outputs: [y], saved: [], back: () => [[x, r.ledger.take(bytesOf(x))]] });
  return y;
};

/** The gradient by both is what comes. */
function add(r: Recorder, a: Held, b: Held): Held {
  const y = r.made(a);
  const wanted = r.wanted({ a, b });
  const moving = [...(wanted.a ? [a] : []), ...(wanted.b ? [b] : [])];
  r.taped(wanted, { outputs: [y], saved: [], back: ([dy]) => moving.map((x) => [x, r.ledger.hold(dy!)]) });
  return y;
}

interface Tables {
  tokens: Held;
  positions?: Held;
  types?: Held;
}

/** Lookups, and the fork of a table that is multiplied with too: gradients of its rows wait there as what they are made of. */
function tables(r: Recorder) {
  const forked = new Set<Held>();
  const embed = (_ops: HeldOps, ids: Held, { tokens, positions, types }: Tables): Held => {
    const y = r.made(float32(...ids.shape, last(tokens)));
    const own = [tokens, positions, types].filter((table) => table !== undefined);
    const wanted = r.wanted(numbered(own));
    r.taped(wanted, {
      outputs: [y],
      saved: [ids],
      back: ([dy]) =>
        own
          .filter((_, i) => wanted[i])
          .map((table) => [table, forked.has(table) ? r.ledger.hold(dy!) : r.weightGradient(table)]),
    });
    return y;
  };
  const fork = (_ops: HeldOps, table: Held): Held[] => {
    const [rows, dense] = [r.shared(table, table), r.shared(table, table)];
    forked.add(rows);
    const back = ([, dy]: readonly (Buffer | undefined)[]): Found[] => [
      [table, dy ? r.ledger.hold(dy) : r.weightGradient(table)],
    ];
    r.taped(r.wanted({ table }), { outputs: [rows, dense], saved: [], back });
    return [rows, dense];
  };
  return { 'kernel.embed': embed, 'kernel.fork': fork };
}

/** By the names that a plan has for them. */
export const heldKernels = (r: Recorder): HeldKernels => ({
  ...tables(r),
  'kernel.linear': linear(r),
  'kernel.attention': selfAttention(r),
  'kernel.layerNorm': (_ops: HeldOps, x: Held, residual: Held | undefined, ...rest: [Held, Held, number, Give]) => {
    const [scale, bias, , give] = rest;
    return norm(r, x, { residual, parameters: [scale, bias], give });
  },
  'kernel.conv': conv(r),
  attention: attention(r),
  rmsNorm(ops: HeldOps, name: string, x: Held, _o: NormOptions) {
    const { scale } = normWeights(name, ops.width(x));
    return norm(r, x, { parameters: [ops.weight(scale.name, scale.spec)], give: 'norm' });
  },
  maskedMean: (_ops: HeldOps, x: Held, _mask: Held) => made(r, x, float32(x.shape[0]!, last(x))),
  reduce: (ops: HeldOps, ...[kind, x, axes, keepDims]: Parameters<HeldOps['reduce']>) =>
    kind === 'mean' && !keepDims && x.shape.length === 4 && String(axes) === '1,2'
      ? made(r, x, float32(x.shape[0]!, last(x)))
      : ops.reduce(kind, x, axes, keepDims),
  residual: (ops: HeldOps, name: string, x: Held, branch: Held) =>
    isAlike(x, branch) ? add(r, x, branch) : ops.residual(name, x, branch),
  binary: (ops: HeldOps, ...[kind, a, b]: Parameters<HeldOps['binary']>) =>
    kind === 'add' && isAlike(a, b) && a.dtype === 'float32' ? add(r, a, b) : ops.binary(kind, a, b),
  dropout: (_ops: HeldOps, _name: string, x: Held, rate: number) => (r.records && rate > 0 ? made(r, x, x) : x),
});
