/** The products of a linear layer, forward and back, as parts that may share a dispatch. */
import type { TensorInfo } from '@tensorflow/tfjs-core';
import { type Bound, from, fromWeight, into, type Part } from './parts.ts';
import { type TiledProduct, type TileSize, tileCount, tileCountOf, tiledProduct } from './tile.ts';

/**
 * x [R, K] times matrices side by side that make N columns: those of matrix i end before `ends[i]`, and those of the inner
 * side of its low-rank pair before `ranks[i]`.
 */
export interface Layer {
  R: number;
  K: number;
  N: number;
  /** Of all low-rank pairs together. */
  rank: number;
  ends: readonly number[];
  ranks: readonly number[];
  scales: readonly number[];
  size: TileSize;
  /** Weights lie as [out, in]. */
  transposed: boolean;
  /** Whether x is dropped on its way into the low-rank pairs. */
  dropped: boolean;
}

export const UNIFORMS = [
  ...['R:i32', 'K:i32', 'N:i32', 'rank:i32'],
  ...['end0:i32', 'end1:i32', 'end2:i32', 'rank0:i32', 'rank1:i32', 'rank2:i32'],
  ...['scale0:f32', 'scale1:f32', 'scale2:f32', 'limit:u32', 'kept:f32', 'seed:u32'],
];
const three = (values: readonly number[]): number[] => [0, 1, 2].map((i) => values[i] ?? 0);
export const uniformValues = ({ R, K, N, rank, ends, ranks, scales }: Layer): number[] => [
  ...[R, K, N, rank],
  ...[...three(ends), ...three(ranks), ...three(scales)],
];

/** One tensor a matrix; where there is none nothing is read or written. */
export type Several = readonly (TensorInfo | undefined)[];
export const each = (bind: (name: string, tensor: TensorInfo) => Bound, name: string, tensors: Several): Bound[] =>
  tensors.flatMap((tensor, i) => (tensor ? [bind(`${name}${i}`, tensor)] : []));
/** Which of them there are: kernels are told apart by it. */
export const present = (tensors: Several): string => tensors.map((tensor) => (tensor ? 1 : 0)).join('');

/** What is done for the matrix that column `n` is in: `at` counts within it, `width` is its own. */
export function byColumn(
  there: string,
  statement: (i: number, at: string, width: string) => string,
  end: 'end' | 'rank' = 'end',
): string {
  const branches = [...there].map((one, i) => {
    const start = i === 0 ? '0' : `u.${end}${i - 1}`;
    const done = one === '1' ? statement(i, `(n - ${start})`, `(u.${end}${i} - ${start})`) : '';
    return `if (n < u.${end}${i}) { ${done} }`;
  });
  return branches.join(' else ');
}
/** A function that reads entry (k, n) of matrices side by side. */
export const reader = (name: string, body: string): string =>
  `fn ${name}(k : i32, n : i32) -> f32 { ${body} return 0.0; }`;

const weightAt = (there: string, transposed: boolean): string =>
  reader(
    'weightAt',
    byColumn(there, (i, at, width) => `return w${i}At(${transposed ? `${at} * u.K + k` : `k * ${width} + ${at}`});`),
  );

/** What the gradient of what went into the activation is read from. */
export interface Upstream {
  dy: TensorInfo;
  /** What the slope is told from; undefined without an activation. */
  acted: TensorInfo | undefined;
}
export const upstreamBuffers = ({ dy, acted }: Upstream): Bound[] => [
  from('dy', dy),
  ...(acted ? [from('acted', acted)] : []),
];
export const upstreamAt = ({ acted }: Upstream): string =>
  `fn upstream(m : i32, n : i32) -> f32 { let i = m * u.N + n; return dy[i]${acted ? ' * slope(acted[i])' : ''}; }`;

type Side = 'R' | 'K' | 'N' | 'rank';
interface ProductPart extends Omit<TiledProduct, 'rows' | 'columns'> {
  /** Beside the name, what its text depends on. */
  variant: string;
  buffers: readonly Bound[];
  functions: Readonly<Record<string, string>>;
  rows: Side;
  columns: Side;
  /** The side that is summed over. */
  over: Side;
}

/** A product in tiles as a part; `make` is asked for the text's pieces once a kernel. */
export function productPart(
  {
    name,
    rows,
    columns,
    over,
    variant,
    buffers,
  }: Pick<ProductPart, 'name' | 'rows' | 'columns' | 'over' | 'variant' | 'buffers'>,
  make: () => Omit<ProductPart, 'name' | 'rows' | 'columns' | 'over' | 'variant' | 'buffers'>,
  layer: Layer,
): Part {
  const { size } = layer;
  return {
    key: `${name}${variant}`,
    buffers,
    functions: () => {
      const { functions, ...product } = make();
      return {
        ...functions,
        [name]: tiledProduct({ ...product, name, rows: `u.${rows}`, columns: `u.${columns}` }, size),
      };
    },
    run: (tile) => `${name}(${tile}, lid, 0, u.${over});`,
    groups: tileCount(layer[rows], layer[columns], size),
    groupsOf: tileCountOf(`u.${rows}`, `u.${columns}`, size),
  };
}

export interface Result {
  y: TensorInfo;
  /** What goes into the activation, where its gradient needs that. */
  z: TensorInfo | undefined;
}
export const resultBuffers = ({ y, z }: Result): Bound[] => [into('y', y), ...(z ? [into('z', z)] : [])];
export const finish = ({ z }: Result): string => `${z ? 'z[m * u.N + n] = v; ' : ''}y[m * u.N + n] = activate(v);`;

/** y = act(x W + b + residual); only the sum where `last` is false and a low-rank part is still to come. */
export function product(
  x: TensorInfo,
  weights: Several,
  biases: Several,
  residual: TensorInfo | undefined,
  result: Result,
  last: boolean,
  layer: Layer,
): Part {
  const biased = biases.length > 0;
  const [there, { transposed }] = [present(weights), layer];
  const sides = { rows: 'R', columns: 'N', over: 'K' } as const;
  const variant = `${there}${biased ? 'b' : ''}${residual ? 'r' : ''}${last ? '' : 's'}${result.z ? 'z' : ''}`;
  const buffers = [
    ...[from('x', x), ...each(fromWeight, 'w', weights), ...each(from, 'bias', biases)],
    ...[...(residual ? [from('residual', residual)] : []), ...(last ? resultBuffers(result) : [into('y', result.y)])],
  ];
  return productPart(
    { name: 'product', ...sides, variant, buffers },
    () => ({
      functions: {
        weightAt: weightAt(there, transposed),
        ...(biased
          ? {
              biasAt: reader(
                'biasAt',
                byColumn(there, (i, at) => `return bias${i}[${at}];`),
              ),
            }
          : {}),
      },
      left: (m, k) => `x[${m} * u.K + ${k}]`,
      right: (k, n) => `weightAt(${k}, ${n})`,
      rightAlong: transposed ? 'k' : 'n',
      store: (_m, _n, sum) =>
        `let v = ${sum}${biased ? ' + biasAt(0, n)' : ''}${residual ? ' + residual[m * u.N + n]' : ''};
       ${last ? finish(result) : 'y[m * u.N + n] = v;'}`,
    }),
    layer,
  );
}

/** dx = dz Wᵀ */
export function inputGradient(weights: Several, dz: Upstream, dx: TensorInfo, layer: Layer): Part {
  const [there, { transposed }] = [present(weights), layer];
  const sides = { rows: 'R', columns: 'K', over: 'N' } as const;
  const buffers = [...each(fromWeight, 'w', weights), ...upstreamBuffers(dz), into('dx', dx)];
  return productPart(
    { name: 'inputGradient', ...sides, variant: there, buffers },
    () => ({
      functions: { weightAt: weightAt(there, transposed), upstream: upstreamAt(dz) },
      left: (m, k) => `upstream(${m}, ${k})`,
      right: (k, n) => `weightAt(${n}, ${k})`,
      rightAlong: transposed ? 'n' : 'k',
      store: (m, n, sum) => `dx[${m} * u.K + ${n}] = ${sum};`,
    }),
    layer,
  );
}

/** dW = xᵀ dz of the weights that are there, and db, the sums of dz's columns, of the biases that are. */
export function weightGradient(x: TensorInfo, dz: Upstream, dws: Several, dbs: Several, layer: Layer): Part {
  const [weights, biases] = [present(dws), present(dbs)];
  const sides = { rows: 'K', columns: 'N', over: 'R' } as const;
  const buffers = [from('x', x), ...upstreamBuffers(dz), ...each(into, 'dw', dws), ...each(into, 'dbias', dbs)];
  return productPart(
    { name: 'weightGradient', ...sides, variant: `${weights}b${biases}`, buffers },
    () => ({
      functions: { upstream: upstreamAt(dz) },
      left: (m, k) => `x[${k} * u.K + ${m}]`,
      leftAlong: 'm',
      right: (k, n) => `upstream(${k}, ${n})`,
      store: (m, _n, sum) =>
        byColumn(
          weights,
          (i, at, width) => `dw${i}[${layer.transposed ? `${at} * u.K + ${m}` : `${m} * ${width} + ${at}`}] = ${sum};`,
        ),
      columnSum: biases.includes('1')
        ? (_n, sum) => byColumn(biases, (i, at) => `dbias${i}[${at}] = ${sum};`)
        : undefined,
    }),
    layer,
  );
}

/** Columns of dz that a workgroup sums; its other threads share their rows. */
const COLUMNS = 16;

/** db alone, where the weights are frozen. */
export function biasGradient(dz: Upstream, dbs: Several, { N, size: { threads } }: Layer): Part {
  return {
    key: `biasGradient${present(dbs)}`,
    buffers: [...upstreamBuffers(dz), ...each(into, 'dbias', dbs)],
    functions: () => ({
      upstream: upstreamAt(dz),
      biasGradient: `var<workgroup> columnSums : array<f32, ${threads}>;
fn biasGradient(tile : i32, lid : i32) {
  let n = tile * ${COLUMNS} + lid % ${COLUMNS};
  var own = 0.0;
  if (n < u.N) { for (var m = lid / ${COLUMNS}; m < u.R; m += ${threads / COLUMNS}) { own += upstream(m, n); } }
  columnSums[lid] = own;
  workgroupBarrier();
  if (lid < ${COLUMNS} && n < u.N) {
    var sum = 0.0;
    for (var i = lid; i < ${threads}; i += ${COLUMNS}) { sum += columnSums[i]; }
    ${byColumn(present(dbs), (i, at) => `dbias${i}[${at}] = sum;`)}
  }
}`,
    }),
    run: (tile) => `biasGradient(${tile}, i32(lid));`,
    groups: Math.ceil(N / COLUMNS),
    groupsOf: `(u.N + ${COLUMNS - 1}) / ${COLUMNS}`,
  };
}
