import type {
  Activation,
  AttentionOptions,
  ConvLayerOptions,
  ConvOptions,
  EmbedOptions,
  Init,
  LinearOptions,
  NormOptions,
  Ops,
  Prims,
  Role,
  Stored,
  WeightSpec,
} from './core.ts';

export interface NamedSpec {
  name: string;
  spec: WeightSpec;
}
const named = (name: string, shape: readonly number[], role: Role, init: Init, stored?: Stored): NamedSpec => ({
  name,
  spec: stored ? { shape, role, init, stored } : { shape, role, init },
});

/** What a linear layer on `width` values reads: [width, out], or the table [out, width] whose transpose it is. */
export const linearWeights = (name: string, width: number, o: LinearOptions) => ({
  kernel:
    o.tied === undefined
      ? named(`${name}.weight`, [width, o.out], 'kernel', o.init ?? 'normal', o.stored ?? 'transposed')
      : named(o.tied, [o.out, width], 'table', 'normal'),
  bias: o.bias === false ? undefined : named(`${name}.bias`, [o.out], 'bias', 'zeros'),
});

/** What a normalisation over `width` values reads. */
export const normWeights = (name: string, width: number) => ({
  scale: named(`${name}.weight`, [width], 'scale', 'ones'),
  bias: named(`${name}.bias`, [width], 'bias', 'zeros'),
});

/** What a convolution of `width` channels reads. */
export const convWeights = (name: string, width: number, o: ConvLayerOptions) => ({
  kernel: o.depthwise
    ? named(`${name}.weight`, [o.kernel, o.kernel, width, 1], 'kernel', o.init ?? 'normal', 'oihw-depthwise')
    : named(`${name}.weight`, [o.kernel, o.kernel, width, o.out], 'kernel', o.init ?? 'normal', 'oihw'),
  bias: o.bias ? named(`${name}.bias`, [o.out], 'bias', 'zeros') : undefined,
});

/** What a normalisation over batches knows of `width` channels. */
export const runningStatistics = (name: string, width: number) => ({
  mean: named(`${name}.running_mean`, [width], 'stat', 'zeros'),
  variance: named(`${name}.running_var`, [width], 'stat', 'ones'),
});

export const tableWeight = (name: string, o: EmbedOptions): NamedSpec =>
  named(o.tied ?? `${name}.weight`, [o.count, o.width], 'table', 'normal');

/**
 * `Ops` composed of primitives. `fused` may replace any of it with something an interpreter does in one go; what is
 * composed here then calls the replacement.
 */
export function derive<T>(p: Prims<T>, fused: (ops: Ops<T>) => Partial<Ops<T>> = () => ({})): Ops<T> {
  const read = ({ name, spec }: NamedSpec): T => p.weight(name, spec);

  /** Frozen statistics as one scale and one shift a channel: y = scale * x + shift (Ioffe and Szegedy 2015). */
  function frozenNorm(name: string, width: number, o: NormOptions): { scale: T; shift: T } {
    const { mean, variance } = runningStatistics(name, width);
    const weights = normWeights(name, width);
    const spread = read(variance);
    const scale = p.binary('mul', read(weights.scale), p.unary('rsqrt', p.binary('add', spread, p.constant(o.eps))));
    const shift = p.binary('sub', read(weights.bias), p.binary('mul', read(mean), scale));
    return { scale, shift };
  }

  const activations: Record<Activation, (x: T) => T> = {
    relu: (x) => p.unary('relu', x),
    relu6: (x) => p.unary('relu6', x),
    tanh: (x) => p.unary('tanh', x),
    sigmoid: (x) => p.unary('sigmoid', x),
    silu: (x) => p.binary('mul', x, p.unary('sigmoid', x)),
    /** x Φ(x) (Hendrycks and Gimpel 2016). */
    gelu: (x) => ops.mul(p.binary('mul', x, ops.add(p.unary('erf', ops.mul(x, Math.SQRT1_2)), p.constant(1))), 0.5),
    /** GPT-2's tanh approximation of it. */
    gelu_new(x) {
      const cube = p.binary('mul', x, p.binary('mul', x, x));
      const inner = ops.mul(ops.add(x, ops.mul(cube, 0.044715)), Math.sqrt(2 / Math.PI));
      return ops.mul(p.binary('mul', x, ops.add(p.unary('tanh', inner), p.constant(1))), 0.5);
    },
  };

  const ops: Ops<T> = {
    ...p,
    add: (a, b) => p.binary('add', a, b),
    mul: (a, b) => p.binary('mul', a, typeof b === 'number' ? p.constant(b) : b),

    linear(name, x, o) {
      const { kernel, bias } = linearWeights(name, p.width(x), o);
      const y = p.matMul(x, read(kernel), o.tied !== undefined);
      return bias ? ops.add(y, read(bias)) : y;
    },

    embed: (name, ids, o) => p.gather(read(tableWeight(name, o)), ids),

    conv(name, x, o) {
      const weights = convWeights(name, p.width(x), o);
      const kernel = read(weights.kernel);
      const bias = weights.bias && read(weights.bias);
      const { stride, pad, depthwise = false, dilation = 1 } = o;
      const window: ConvOptions = { stride, pad, depthwise, dilation };
      if (!o.norm) return p.conv2d(x, kernel, { ...window, bias, activation: o.activation });
      const { name: norm, ...normOptions } = o.norm;
      if (bias) throw new Error(`${name}: a bias before batch normalisation has no effect`);
      const normalise = p.batchStatistics?.(norm, normOptions);
      if (normalise) {
        const y = normalise(p.conv2d(x, kernel, window));
        return o.activation ? ops.activation(o.activation, y) : y;
      }
      const { scale, shift } = frozenNorm(norm, o.out, normOptions);
      // [out] broadcasts over HWIO; a depthwise kernel ends in [channels, 1]
      const folded = p.binary('mul', kernel, o.depthwise ? p.reshape(scale, [-1, 1]) : scale);
      return p.conv2d(x, folded, { ...window, bias: shift, activation: o.activation });
    },

    /** Ba, Kiros and Hinton 2016. */
    layerNorm(name, x, o) {
      const width = p.width(x);
      const centred = p.binary('sub', x, p.reduce('mean', x, [-1], true));
      const variance = p.reduce('mean', p.binary('mul', centred, centred), [-1], true);
      const unit = p.binary('mul', centred, p.unary('rsqrt', ops.add(variance, p.constant(o.eps))));
      const { scale, bias } = normWeights(name, width);
      return ops.add(p.binary('mul', unit, read(scale)), read(bias));
    },

    /** Zhang and Sennrich 2019. */
    rmsNorm(name, x, o) {
      const square = p.reduce('mean', p.binary('mul', x, x), [-1], true);
      const unit = p.binary('mul', x, p.unary('rsqrt', ops.add(square, p.constant(o.eps))));
      return p.binary('mul', unit, read(normWeights(name, p.width(x)).scale));
    },

    batchNorm(name, x, o) {
      const normalise = p.batchStatistics?.(name, o);
      if (normalise) return normalise(x);
      const { scale, shift } = frozenNorm(name, p.width(x), o);
      return ops.add(p.binary('mul', x, scale), shift);
    },

    activation: (kind, x) => activations[kind](x),
    residual: (_name, x, branch) => ops.add(x, branch),
    maskedMean(x, mask) {
      const keep = p.reshape(p.unary('toFloat', mask), [0, 0, 1]); // [B, T, 1]
      const sum = p.reduce('sum', p.binary('mul', x, keep), [1], false); // [B, D]
      return p.binary('div', sum, p.binary('max', p.reduce('sum', keep, [1], false), p.constant(1e-9)));
    },
    positions: (x) => p.range(x, 1),
    once: (_name, make) => make(),
    attention: (name, q, k, v, o) => attention(p, ops, name, q, k, v, o),
  };
  // a copy: what a replacement calls of its own name is the composition, not itself
  return Object.assign(ops, fused({ ...ops }));
}

/** In front of the keys, the values and the mask of every row: keys and values [1, P, Hkv*d] of prefix tuning (Li and Liang 2021). */
function prefixed<T>(p: Prims<T>, k: T, v: T, o: AttentionOptions<T>): { k: T; v: T; mask: T | undefined } {
  if (!o.prefix) return { k, v, mask: o.mask };
  if (o.bias) throw new Error('a bias of positions knows no prefix');
  const { keys, values } = o.prefix;
  const before = (x: T, first: T): T => p.concat([p.expand(first, x), x], 1);
  if (o.mask === undefined) return { k: before(k, keys), v: before(v, values), mask: undefined };
  // [1, P, 1] of ones, whatever the prefix holds
  const one = p.unary('toFloat', p.binary('lessEqual', p.range(keys, 1), p.size(keys, 1)));
  const mask = before(p.unary('toFloat', o.mask), p.reshape(one, [1, -1]));
  return { k: before(k, keys), v: before(v, values), mask };
}

/** softmax(QKᵀ / √d + bias) V (Vaswani et al. 2017, equation 1), grouped keys as in Ainslie et al. 2023. */
function attention<T>(p: Prims<T>, ops: Ops<T>, name: string, q: T, own: T, values: T, o: AttentionOptions<T>): T {
  const { k, v, mask } = prefixed(p, own, values, o);
  const d = p.width(q) / o.heads;
  const groups = o.kvHeads ?? o.heads;
  const grouped = groups !== o.heads;
  const split = (x: T, heads: number): T => p.transpose(p.reshape(x, [0, 0, heads, p.width(x) / heads]), [0, 2, 1, 3]); // [B, H, T, d]
  const group = (x: T, last: number): T => (grouped ? p.reshape(x, [0, groups, -1, last]) : x); // [B, Hkv, H/Hkv*T, .]
  const ungroup = (x: T, last: number): T => (grouped ? p.reshape(x, [0, o.heads, -1, last]) : x);

  const products = p.matMul(group(split(q, o.heads), d), split(k, groups), true);
  let scores = ungroup(ops.mul(products, o.scale ?? 1 / Math.sqrt(d)), 0); // [B, H, Tq, Tk]
  const keys = p.range(k, 1);
  // queries are the last Tq of the Tk positions
  const queries = o.cross ? p.range(q, 1) : ops.add(p.range(q, 1), p.binary('sub', p.size(k, 1), p.size(q, 1)));
  if (o.bias) scores = ops.add(scores, o.bias(queries, keys));
  const forbid = (keep: T): T => ops.mul(p.binary('sub', p.constant(1), keep), -1e9);
  if (o.causal) {
    const seen = p.binary('lessEqual', p.reshape(keys, [1, -1]), p.reshape(queries, [-1, 1]));
    scores = ops.add(scores, forbid(p.unary('toFloat', seen)));
  }
  if (mask !== undefined) scores = ops.add(scores, p.reshape(forbid(p.unary('toFloat', mask)), [0, 1, 1, -1]));
  const shares = p.dropout(`${name}.dropout`, p.softmax(scores), o.dropout ?? 0);
  const mixed = ungroup(p.matMul(group(shares, 0), split(v, groups)), d); // [B, H, Tq, d]
  return p.reshape(p.transpose(mixed, [0, 2, 1, 3]), [0, 0, p.width(q)]); // [B, Tq, H*d]
}
