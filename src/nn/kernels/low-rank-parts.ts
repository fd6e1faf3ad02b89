/** The products of low-rank pairs A, B beside a linear layer: scale (x' A) B, x' = x drop (Hu et al. 2021, equation 3). */
import type { TensorInfo } from '@tensorflow/tfjs-core';
import {
  byColumn,
  each,
  finish,
  type Layer,
  present,
  productPart,
  type Result,
  reader,
  resultBuffers,
  type Several,
  type Upstream,
  upstreamAt,
  upstreamBuffers,
} from './linear-parts.ts';
import { from, into, type Part } from './parts.ts';
import { RANDOM_BITS } from './random.ts';
import { SMALL, tileCount } from './tile.ts';

/** What x is multiplied with on its way in, drawn again wherever it is needed. */
export const drop = (dropped: boolean): Record<string, string> => ({
  ...(dropped ? { randomBits: RANDOM_BITS } : {}),
  drop: `fn drop(i : i32) -> f32 { return ${dropped ? 'select(u.kept, 0.0, randomBits(u32(i), u.seed) < u.limit)' : '1.0'}; }`,
});

const downAt = (there: string): string =>
  reader(
    'downAt',
    byColumn(there, (i, at, width) => `return a${i}[k * ${width} + ${at}];`, 'rank'),
  );

/** Rows [first, rank) of B i, which meet the columns of its own weight only. */
const firstRow = (i: number): string => (i === 0 ? '0' : `u.rank${i - 1}`);
const upAt = (there: string): string =>
  reader(
    'upAt',
    byColumn(
      there,
      (i, at, width) => `if (k >= ${firstRow(i)} && k < u.rank${i}) {
    return u.scale${i} * b${i}[(k - ${firstRow(i)}) * ${width} + ${at}];
  }`,
    ),
  );

/** Entry (m, k) of h where a workgroup made the rows of its tile itself. */
const ownRow = (m: string, k: string): string => `hTile[(${m} - ownRows) * ${SMALL.side} + ${k}]`;

/** h = x' A of all pairs at once, [R, rank]; `within` a tile of the result, whose own rows stay in workgroup memory too. */
export function down(x: TensorInfo, as: Several, h: TensorInfo, layer: Layer, within = false): Part {
  const variant = `${present(as)}${layer.dropped ? 'd' : ''}`;
  const buffers = [from('x', x), ...each(from, 'a', as), into('h', h)];
  return productPart(
    { name: 'down', rows: 'R', columns: 'rank', over: 'K', variant, buffers },
    () => ({
      functions: { ...drop(layer.dropped), downAt: downAt(present(as)) },
      left: (m, k) => `x[${m} * u.K + ${k}] * drop(${m} * u.K + ${k})`,
      right: (k, n) => `downAt(${k}, ${n})`,
      store(m, n, sum) {
        const kept = `h[${m} * u.rank + ${n}] = ${sum};`;
        return within ? `${ownRow(m, n)} = ${sum}; if (leads) { ${kept} }` : kept;
      },
    }),
    layer,
  );
}

/** y = act(y + scale h B) in place. */
export function up(h: TensorInfo, bs: Several, result: Result, layer: Layer, within = false): Part {
  const buffers = [...(within ? [] : [from('h', h)]), ...each(from, 'b', bs), ...resultBuffers(result)];
  return productPart(
    { name: 'up', rows: 'R', columns: 'N', over: 'rank', variant: `${present(bs)}${result.z ? 'z' : ''}`, buffers },
    () => ({
      functions: { upAt: upAt(present(bs)) },
      left: (m, k) => (within ? ownRow(m, k) : `h[${m} * u.rank + ${k}]`),
      right: (k, n) => `upAt(${k}, ${n})`,
      store: (m, n, sum) => `let v = y[${m} * u.N + ${n}] + ${sum}; ${finish(result)}`,
    }),
    layer,
  );
}

/** Tiles of a result that leave a device idle: then each makes the rows of h that it needs itself, and saves a dispatch. */
const FEW = 64;
export const isWithin = ({ R, N, rank, size, ends }: Layer): boolean =>
  size === SMALL && ends.length === 1 && rank <= SMALL.side && tileCount(R, N, size) <= FEW;

/** `first` for the rows of each tile of `rest`; the first tile of a row of them keeps what comes of it. */
export const within = (first: Part, rest: Part): Part => ({
  ...rest,
  key: `${first.key}>${rest.key}`,
  buffers: [...first.buffers, ...rest.buffers],
  functions: () => ({
    ...first.functions(),
    ...rest.functions(),
    hTile: `var<workgroup> hTile : array<f32, ${SMALL.side ** 2}>;\nvar<private> leads : bool;\nvar<private> ownRows : i32;`,
  }),
  run: (tile) => `let across = (u.N + ${SMALL.side - 1}) / ${SMALL.side};
  leads = ${tile} % across == 0;
  ownRows = ${tile} / across * ${SMALL.side};
  ${first.run(`${tile} / across`)}
  workgroupBarrier();
  ${rest.run(tile)}`,
});

/** dh = scale dz Bᵀ, [R, rank]. */
export function innerGradient(bs: Several, dz: Upstream, dh: TensorInfo, layer: Layer): Part {
  const buffers = [...each(from, 'b', bs), ...upstreamBuffers(dz), into('dh', dh)];
  const sides = { rows: 'R', columns: 'rank', over: 'N' } as const;
  return productPart(
    { name: 'innerGradient', ...sides, variant: present(bs), buffers },
    () => ({
      functions: { upAt: upAt(present(bs)), upstream: upstreamAt(dz) },
      left: (m, k) => `upstream(${m}, ${k})`,
      right: (k, n) => `upAt(${n}, ${k})`,
      rightAlong: 'k',
      store: (m, n, sum) => `dh[${m} * u.rank + ${n}] = ${sum};`,
    }),
    layer,
  );
}

/** dB = scale hᵀ dz */
export function upGradient(h: TensorInfo, dz: Upstream, dbs: Several, layer: Layer): Part {
  const buffers = [from('h', h), ...upstreamBuffers(dz), ...each(into, 'db', dbs)];
  const sides = { rows: 'rank', columns: 'N', over: 'R' } as const;
  return productPart(
    { name: 'upGradient', ...sides, variant: present(dbs), buffers },
    () => ({
      functions: { upstream: upstreamAt(dz) },
      left: (m, k) => `h[${k} * u.rank + ${m}]`,
      leftAlong: 'm',
      right: (k, n) => `upstream(${k}, ${n})`,
      store: (m, _n, sum) =>
        byColumn(
          present(dbs),
          (i, at, width) => `if (${m} >= ${firstRow(i)} && ${m} < u.rank${i}) {
        db${i}[(${m} - ${firstRow(i)}) * ${width} + ${at}] = u.scale${i} * ${sum};
      }`,
        ),
    }),
    layer,
  );
}

/** dA = x'ᵀ dh */
export function downGradient(x: TensorInfo, dh: TensorInfo, das: Several, layer: Layer): Part {
  const variant = `${present(das)}${layer.dropped ? 'd' : ''}`;
  const buffers = [from('x', x), from('dh', dh), ...each(into, 'da', das)];
  return productPart(
    { name: 'downGradient', rows: 'K', columns: 'rank', over: 'R', variant, buffers },
    () => ({
      functions: drop(layer.dropped),
      left: (m, k) => `x[${k} * u.K + ${m}] * drop(${k} * u.K + ${m})`,
      leftAlong: 'm',
      right: (k, n) => `dh[${k} * u.rank + ${n}]`,
      store: (m, _n, sum) =>
        byColumn(present(das), (i, at, width) => `da${i}[${m} * ${width} + ${at}] = ${sum};`, 'rank'),
    }),
    layer,
  );
}

/** dx += drop (dh Aᵀ) */
export function addInputGradient(as: Several, dh: TensorInfo, dx: TensorInfo, layer: Layer): Part {
  const variant = `${present(as)}${layer.dropped ? 'd' : ''}`;
  const buffers = [...each(from, 'a', as), from('dh', dh), into('dx', dx)];
  return productPart(
    { name: 'addInputGradient', rows: 'R', columns: 'K', over: 'rank', variant, buffers },
    () => ({
      functions: { ...drop(layer.dropped), downAt: downAt(present(as)) },
      left: (m, k) => `dh[${m} * u.rank + ${k}]`,
      right: (k, n) => `downAt(${n}, ${k})`,
      rightAlong: 'k',
      store: (m, n, sum) => `dx[${m} * u.K + ${n}] += ${sum} * drop(${m} * u.K + ${n});`,
    }),
    layer,
  );
}
