/** A convolution with a low-rank pair A, B beside it: what the parts of its dispatches share. */
import { pixelChunks } from './conv-filter.ts';
import type { Form } from './conv-form.ts';
import { UNIFORMS as CONV_UNIFORMS, type Geometry, pixelsOf } from './conv-geometry.ts';
import type { Bound, Part } from './parts.ts';
import { SMALL, type TiledProduct, type TileSize, tileCount, tileCountOf, tiledProduct } from './tile.ts';

/** A convolution of form `form`, not depthwise, and the pair beside it. */
export interface Beside {
  form: Form;
  rank: number;
  scale: number;
  /** Whether x is dropped on its way into the pair. */
  dropped: boolean;
  /** Into how many parts sums over pixels are split. */
  chunks: number;
  size: TileSize;
}

export const UNIFORMS = [...CONV_UNIFORMS, 'rank:i32', 'scale:f32', 'limit:u32', 'kept:f32', 'seed:u32'];

/** A side of a product as a number and as an expression. */
type Side = readonly [count: number, as: string];
export const sidesOf = ({ form: { g }, rank }: Beside) => {
  const taps = g.kh * g.kw;
  return {
    /** Pixels that come out and that go in. */
    out: [pixelsOf(g), 'u.R'],
    in: [g.B * g.H * g.W, '(u.B * u.H * u.W)'],
    window: [taps * g.C, `(${taps} * u.C)`],
    C: [g.C, 'u.C'],
    O: [g.O, 'u.O'],
    rank: [rank, 'u.rank'],
  } as const satisfies Record<string, Side>;
};

/** Into how many parts sums over the pixels of a pair's gradients are split. */
export const chunksBeside = (g: Geometry, rank: number): number =>
  pixelChunks(g, Math.max(tileCount(rank, g.O, SMALL), tileCount(g.kh * g.kw * g.C, rank, SMALL)));

/** What memory depends on. */
interface Sizes {
  form: Pick<Form, 'g' | 'normed'>;
  rank: number;
  chunks: number;
}

/** What the way forward leaves for the way back: h [R, rank], and of a norm what it multiplies by and adds, [O] each. */
export const innerSize = ({ form, rank }: Omit<Sizes, 'chunks'>): number =>
  pixelsOf(form.g) * rank + (form.normed ? 2 * form.g.O : 0);
export const FACTOR = '(u.R * u.rank)';
export const factorText = (form: Form, buffer: string, at: string): string =>
  `fn factor(o : i32) -> f32 { return ${form.normed ? `${buffer}[${at} + o]` : '1.0'}; }`;

/** What the way back passes on: dh [R, rank], the parts of dB and of dA, and the norm's factor [O]. */
export const scratchSize = ({ form: { g }, rank, chunks }: Sizes): number =>
  pixelsOf(g) * rank + chunks * rank * (g.O + g.kh * g.kw * g.C) + g.O;
export const UP_PARTS = '(u.R * u.rank)';
export const DOWN_PARTS = `(${UP_PARTS} + u.chunks * u.rank * u.O)`;
export const FACTOR_COPY = ({ form: { g } }: Beside) => `(${DOWN_PARTS} + u.chunks * u.rank * ${g.kh * g.kw} * u.C)`;

interface Product extends Omit<TiledProduct, 'name' | 'rows' | 'columns'> {
  functions: Readonly<Record<string, string>>;
}

export function productPart(
  name: string,
  [rows, columns]: readonly [Side, Side],
  /** The end of the sum, or `pixels` where it goes over those that come out and is split: parts begin at `place`. */
  over: string | { pixels: string },
  buffers: readonly Bound[],
  make: () => Product,
  { size, chunks }: Beside,
): Part {
  const tiles = tileCountOf(rows[1], columns[1], size);
  const split = typeof over !== 'string';
  return {
    key: name,
    buffers,
    functions: () => {
      const { functions, ...product } = make();
      return {
        ...functions,
        ...(split ? { place: 'var<private> place : i32;' } : {}),
        [name]: tiledProduct({ ...product, name, rows: rows[1], columns: columns[1] }, size),
      };
    },
    run: (tile) =>
      split
        ? `let chunk = ${tile} / ${tiles};
  let each = (u.R + u.chunks - 1) / u.chunks;
  place = ${over.pixels} + chunk * ${rows[1]} * ${columns[1]};
  ${name}(${tile} % ${tiles}, lid, chunk * each, min(u.R, chunk * each + each));`
        : `${name}(${tile}, lid, 0, ${over});`,
    groups: tileCount(rows[0], columns[0], size) * (split ? chunks : 1),
    groupsOf: split ? `(${tiles} * u.chunks)` : tiles,
  };
}

/** Runs `body` for every output channel `o`. */
export const channelPart = (
  key: string,
  buffers: readonly Bound[],
  body: string,
  { form: { g }, size }: Beside,
): Part => ({
  key,
  buffers,
  functions: () => ({}),
  run: (tile) => `let o = ${tile} * ${size.threads} + i32(lid); if (o < u.O) { ${body} }`,
  groups: Math.ceil(g.O / size.threads),
  groupsOf: `((u.O + ${size.threads - 1}) / ${size.threads})`,
});
