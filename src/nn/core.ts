/**
 * A network is written once, as stages over `Ops<T>`, and interpreted many ways: T is a tensor when it runs, a shape
 * when it is profiled, a graph node when it is exported.
 */

/** A size that is known (number) or symbolic (`'B'`, `'T'`, `'2*B'`: canonical monomials). */
export type Dim = number | string;
export type DType = 'float32' | 'int32' | 'bool';

/** `stat` is never trained: running statistics of batch normalisation. */
export type Role = 'kernel' | 'bias' | 'scale' | 'table' | 'stat';
/** Layout on disk only. In memory kernels are always [in, out] and HWIO, depthwise kernels [h, w, channels, 1]. */
export type Stored = 'same' | 'transposed' | 'oihw' | 'oihw-depthwise';
export type Init = 'zeros' | 'ones' | 'normal' | 'uniform';

export interface WeightSpec {
  /** In memory. */
  shape: readonly number[];
  role: Role;
  init: Init;
  stored?: Stored;
}

export type Unary = 'neg' | 'exp' | 'sqrt' | 'rsqrt' | 'tanh' | 'erf' | 'relu' | 'relu6' | 'sigmoid' | 'toFloat';
export type Binary = 'add' | 'sub' | 'mul' | 'div' | 'min' | 'max' | 'lessEqual';
export type Activation = 'gelu' | 'gelu_new' | 'relu' | 'relu6' | 'tanh' | 'silu' | 'sigmoid';
export type Pad = 'same' | 'valid' | number;

export interface ConvOptions {
  stride: number;
  pad: Pad;
  depthwise?: boolean;
  dilation?: number;
}
export interface PoolOptions {
  size: number;
  stride: number;
  pad: Pad;
}
export interface ConvEpilogue<T> {
  /** [channels out]. */
  bias?: T | undefined;
  activation?: 'relu' | 'relu6' | undefined;
}

/** The whole of what an interpreter must implement. It never calls back into `Ops`. Images are NHWC everywhere. */
export interface Prims<T> {
  /** Checks the shape; repeating a name shares the weight. */
  weight(name: string, spec: WeightSpec): T;
  /** Made once and kept between steps. */
  constant(
    value: number | { data: Int32Array | Float32Array; shape: readonly number[] },
    dtype?: 'float32' | 'int32',
  ): T;
  unary(kind: Unary, x: T): T;
  binary(kind: Binary, a: T, b: T): T;
  select(condition: T, a: T, b: T): T;
  matMul(a: T, b: T, transposeB?: boolean): T;
  /** 0 copies the dimension at that place, one -1 is inferred. */
  reshape(x: T, dims: readonly number[]): T;
  transpose(x: T, perm: readonly number[]): T;
  concat(xs: readonly T[], axis: number): T;
  /** [begin, end) on one axis; a negative begin counts from the end, no end means to the end. */
  slice(x: T, axis: number, begin: number, end?: number): T;
  gather(table: T, ids: T): T;
  /** [1, ...] -> [B of `like`, ...]: class tokens, prompts. */
  expand(x: T, like: T): T;
  reduce(kind: 'sum' | 'mean', x: T, axes: readonly number[], keepDims: boolean): T;
  /** Over the last axis. */
  softmax(x: T): T;
  /** x [B, H, W, C], kernel HWIO (depthwise [h, w, C, 1]). */
  conv2d(x: T, kernel: T, o: ConvOptions & ConvEpilogue<T>): T;
  pool2d(kind: 'max' | 'avg', x: T, o: PoolOptions): T;
  /** 0..size of the axis - 1, int32, in the graph. */
  range(x: T, axis: number): T;
  /** Size of the axis as an int32 scalar in the graph. */
  size(x: T, axis: number): T;
  /** The mask is a function of (run seed, step, name, index): stateless. It may be of whole examples, the batch's rows. */
  dropout(name: string, x: T, rate: number, of?: 'entries' | 'examples'): T;
  /** What the masks of that name are drawn from in this step; undefined where nothing is dropped. For kernels. */
  dropoutSeed?(name: string): number | undefined;
  /** The one static shape query: the last dimension, which is never symbolic. */
  width(x: T): number;
  /**
   * Gives the function that normalises with the batch's own statistics and notes them for the running ones; undefined
   * where the layer uses its running statistics. Only an interpreter that trains implements it: this is the one
   * operation that is not pure.
   */
  batchStatistics?(name: string, o: NormOptions): ((x: T) => T) | undefined;
}

export interface NormOptions {
  eps: number;
  /** Share of the old running statistics that an update keeps (TensorFlow's meaning). */
  momentum?: number;
}
export interface LinearOptions {
  out: number;
  bias?: boolean;
  stored?: Stored;
  init?: Init;
  /** Name of the table whose transpose is the kernel. */
  tied?: string;
  /** What the layer is in a transformer: where methods are put by default. */
  part?: LinearPart;
}
/** `qkv` makes all three at once; `mixed` is the projection after attention; `up` and `down` are the feed-forward part. */
export type LinearPart = 'query' | 'key' | 'value' | 'qkv' | 'mixed' | 'up' | 'down';
export interface EmbedOptions {
  count: number;
  width: number;
  tied?: string;
  /** True for the table of tokens, which soft prompts extend. */
  tokens?: boolean;
}
export interface ConvLayerOptions extends ConvOptions {
  out: number;
  kernel: number;
  bias?: boolean;
  init?: Init;
  /** Batch normalisation after the convolution, folded into it while its statistics are frozen. */
  norm?: NormOptions & { name: string };
  activation?: 'relu' | 'relu6';
}
export interface AttentionOptions<T> {
  heads: number;
  kvHeads?: number;
  causal?: boolean;
  /** Keys and values come from elsewhere: no cache grows. */
  cross?: boolean;
  scale?: number;
  /** int32 [B, Tk]; 1 may be attended to. */
  mask?: T;
  /** Called with positions [Tq] and [Tk] after a cache has grown the keys; gives [H, Tq, Tk]. */
  bias?: (queries: T, keys: T) => T;
  /** Further keys and values [1, P, Hkv*d] in front of all others, which every query may see: prefix tuning. */
  prefix?: { keys: T; values: T };
  /** Share of the attention probabilities that training drops; its mask is drawn under the attention's own name. */
  dropout?: number;
}

/** What architectures call: the seams that methods wrap. `derive` composes them from primitives. */
export interface Ops<T> extends Prims<T> {
  add(a: T, b: T): T;
  mul(a: T, b: T | number): T;
  linear(name: string, x: T, o: LinearOptions): T;
  embed(name: string, ids: T, o: EmbedOptions): T;
  conv(name: string, x: T, o: ConvLayerOptions): T;
  layerNorm(name: string, x: T, o: NormOptions): T;
  rmsNorm(name: string, x: T, o: NormOptions): T;
  batchNorm(name: string, x: T, o: NormOptions): T;
  activation(kind: Activation, x: T): T;
  /** x + branch: what a block adds to what it was given. */
  residual(name: string, x: T, branch: T): T;
  /** q [B, Tq, H*d], k and v [B, Tk, Hkv*d]: heads are split inside. */
  attention(name: string, q: T, k: T, v: T, o: AttentionOptions<T>): T;
  /** The mean over axis 1 of what the mask lets through: x [B, T, D], mask int32 [B, T] -> [B, D]. */
  maskedMean(x: T, mask: T): T;
  /** Positions of axis 1; a KV cache shifts them. */
  positions(x: T): T;
  /** A value that does not depend on the decoding step; a KV cache remembers it. */
  once(name: string, make: () => T): T;
  /** True where what is read goes on from a KV cache: what stands in front of a text stood there before. */
  readonly continues?: boolean;
}

/** What flows between stages, by name; the batch is axis 0 of every value. */
export type Values<T, K extends string = string> = Readonly<Record<K, T>>;

export interface Stage<R extends string = string, W extends string = string> {
  /** Shown to a person; in an ecosystem's terms where it has them. */
  name: string;
  /** Liveness: what must be kept, cached or saved between stages. */
  reads: readonly R[];
  writes: readonly W[];
  /** Not repeated a decoding step: encoders, soft prompts. */
  once?: boolean;
  run<T>(ops: Ops<T>, values: Values<T, R>): Values<T, W>;
}
/** Makes a read that is not declared a compile error. */
export const stage = <const R extends string, const W extends string>(s: Stage<R, W>): Stage => s;

export interface InputSpec {
  shape: readonly Dim[];
  dtype: 'float32' | 'int32';
}
export interface Architecture {
  inputs: Readonly<Record<string, InputSpec>>;
  stages: readonly Stage[];
  output: string;
  /** Logits for every token. */
  perToken?: boolean;
  vocab?: number;
}

/** A weight as a method sees it: `stages` are the indices of the stages that read it. */
export interface WeightUse {
  name: string;
  spec: WeightSpec;
  stages: readonly number[];
}
/** Architecture in, architecture out: every interpreter takes the result as it takes any other. */
export interface Method {
  apply(architecture: Architecture): Architecture;
  trainable(weight: WeightUse, architecture: Architecture): boolean;
  /** Factor on the learning rate of a weight; 1 where absent. */
  rate?(weight: WeightUse, architecture: Architecture): number;
  /** Whether a trainable weight moves in an epoch (from 1); always where absent. */
  moves?(weight: WeightUse, architecture: Architecture, epoch: number): boolean;
  /** Nothing trains: what stands before every question instead, so many solved examples after an instruction. */
  design?: { shots: number; instruction: string };
  /** Positions of the model's context that it takes from every text; 0 where absent. */
  room?: number;
  /**
   * Weights of the architecture as it was before `apply` that compute the same, of all weights in memory's layout.
   * Absent where there are none: the tuned model then needs what the method added.
   */
  merge?(weights: WeightArrays, specs: ReadonlyMap<string, WeightSpec>): WeightArrays;
}
export type WeightArrays = ReadonlyMap<string, Float32Array>;
