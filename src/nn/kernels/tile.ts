/** Matrix products in tiles: the text that every kernel with a product in it shares. */
import { type Way, wayOf } from './way.ts';

/**
 * A function `name(tile, lid, begin, end)` that adds the product of two matrices over k in [begin, end) for one tile of the
 * result. The operands are WGSL expressions, so that a kernel reads them however they lie and does what it likes to them
 * on the way; `store` is a statement that gets each sum.
 */
export interface TiledProduct {
  name: string;
  /** Rows M and columns N of the result, as expressions. */
  rows: string;
  columns: string;
  /** Entry (m, k) of the left operand and (k, n) of the right one. */
  left(m: string, k: string): string;
  right(k: string, n: string): string;
  /** What is done with entry (m, n) of the result. */
  store(m: string, n: string, sum: string): string;
  /** Along which index neighbouring threads should read, that is how the operand lies in memory. */
  leftAlong?: 'm' | 'k';
  rightAlong?: 'k' | 'n';
  /** Gets Σ_k of the right operand's column n, once a column: the gradient of a bias. */
  columnSum?: ((n: string, sum: string) => string) | undefined;
  /** Entries take more than a read: threads share them on every device. */
  costly?: boolean | undefined;
}

/** Entries of a tile's side that one thread computes. */
const EACH = 4;
/** Of k that is in workgroup memory at once. */
const DEPTH = 16;

/** A square tile: 32 x 32 by 64 threads, or 64 x 64 by 256 where there is enough to fill a device with. */
export interface TileSize {
  side: 32 | 64;
  threads: 64 | 256;
}
export const SMALL: TileSize = { side: 32, threads: 64 };
export const LARGE: TileSize = { side: 64, threads: 256 };

/** Results of so many entries fill a device with large tiles. */
const FILLS = 512 * 512;
export const tileFor = (rows: number, columns: number): TileSize =>
  rows * columns >= FILLS && Math.min(rows, columns) >= 64 ? LARGE : SMALL;

export const tileCount = (rows: number, columns: number, { side }: TileSize): number =>
  Math.ceil(rows / side) * Math.ceil(columns / side);

/** How many tiles a result has, as an expression. */
export const tileCountOf = (rows: string, columns: string, { side }: TileSize): string =>
  `(((${rows}) + ${side - 1}) / ${side} * (((${columns}) + ${side - 1}) / ${side}))`;

/** Workgroup memory of the products of one module: 4 KiB with small tiles, 8 KiB with large ones. */
export const tileMemory = ({ side }: TileSize): string =>
  ['tileLeft', 'tileRight']
    .map((name) => `var<workgroup> ${name} : array<vec4f, ${(DEPTH * side) / EACH}>;`)
    .join('\n');

/** Every thread loads four entries side by side at a time, so that a vector of workgroup memory has one writer. */
function load(
  memory: string,
  { side, threads }: TileSize,
  along: 'depth' | 'side',
  first: string,
  limit: string,
  entry: (at: string, k: string) => string,
): string {
  const quads = side / EACH;
  const [quad, k] = along === 'side' ? [`(i % ${quads})`, `(i / ${quads})`] : [`(i / ${DEPTH})`, `(i % ${DEPTH})`];
  const entries = [0, 1, 2, 3].map(
    (j) => `if (at + ${j} < ${limit}) { value.${'xyzw'[j]} = ${entry(`(at + ${j})`, 'k')}; }`,
  );
  return `for (var i = i32(lid); i < ${DEPTH * quads}; i += ${threads}) {
      let k = k0 + ${k};
      let at = ${first} + ${quad} * ${EACH};
      var value = vec4f(0.0);
      if (k < end) { ${entries.join(' ')} }
      ${memory}[${k} * ${quads} + ${quad}] = value;
    }`;
}

/** Either way each sum is added up in the same order: what comes out does not tell which it was. */
export const tiledProduct = (p: TiledProduct, size: TileSize, way: Way = wayOf('products')): string =>
  (way === 'shared' || p.costly ? sharedProduct : loneProduct)(p, size);

/** Both operands go through workgroup memory, which each thread fills a part of. */
function sharedProduct(p: TiledProduct, size: TileSize): string {
  const { side } = size;
  const quads = side / EACH;
  const sums = p.columnSum;
  return `
fn ${p.name}(tile : i32, lid : u32, begin : i32, end : i32) {
  let M = ${p.rows};
  let N = ${p.columns};
  let across = (N + ${side - 1}) / ${side};
  let m0 = tile / across * ${side};
  let n0 = tile % across * ${side};
  let quadM = i32(lid) / ${quads};
  let quadN = i32(lid) % ${quads};
  var sums : array<vec4f, 4>;
  var column = 0.0;
  for (var k0 = begin; k0 < end; k0 += ${DEPTH}) {
    ${load('tileLeft', size, p.leftAlong === 'm' ? 'side' : 'depth', 'm0', 'M', (m, k) => p.left(m, k))}
    ${load('tileRight', size, p.rightAlong === 'k' ? 'depth' : 'side', 'n0', 'N', (n, k) => p.right(k, n))}
    workgroupBarrier();
    for (var k = 0; k < ${DEPTH}; k++) {
      let a = tileLeft[k * ${quads} + quadM];
      let b = tileRight[k * ${quads} + quadN];
      sums[0] += a.x * b;
      sums[1] += a.y * b;
      sums[2] += a.z * b;
      sums[3] += a.w * b;
    }
    ${sums ? `if (m0 == 0 && lid < ${side}u) { for (var k = 0; k < ${DEPTH}; k++) { column += tileRight[k * ${quads} + i32(lid) / 4][lid % 4u]; } }` : ''}
    workgroupBarrier();
  }
  ${sums ? `if (m0 == 0 && lid < ${side}u) { let n = n0 + i32(lid); if (n < N) { ${sums('n', 'column')} } }` : ''}
  for (var i = 0; i < 4; i++) {
    for (var j = 0; j < 4; j++) {
      let m = m0 + quadM * ${EACH} + i;
      let n = n0 + quadN * ${EACH} + j;
      if (m < M && n < N) { let sum = sums[i][j]; ${p.store('m', 'n', 'sum')} }
    }
  }
}
`;
}

/**
 * Each thread reads the four rows and four columns of its own sums. Beyond the edges it reads the last one again, and
 * nothing is stored of that.
 */
function loneProduct(p: TiledProduct, { side }: TileSize): string {
  const quads = side / EACH;
  const sums = p.columnSum;
  const four = [0, 1, 2, 3];
  return `
fn ${p.name}(tile : i32, lid : u32, begin : i32, end : i32) {
  let M = ${p.rows};
  let N = ${p.columns};
  let across = (N + ${side - 1}) / ${side};
  let m0 = tile / across * ${side} + i32(lid) / ${quads} * ${EACH};
  let n0 = tile % across * ${side} + i32(lid) % ${quads} * ${EACH};
  if (m0 >= M || n0 >= N) { return; }
  ${four.map((i) => `let m${i + 1} = min(m0 + ${i}, M - 1); let n${i + 1} = min(n0 + ${i}, N - 1);`).join(' ')}
  var sums : array<vec4f, 4>;
  var column = vec4f(0.0);
  for (var k = begin; k < end; k++) {
    let ofLeft = vec4f(${four.map((i) => p.left(`m${i + 1}`, 'k')).join(', ')});
    let ofRight = vec4f(${four.map((i) => p.right('k', `n${i + 1}`)).join(', ')});
    sums[0] += ofLeft.x * ofRight;
    sums[1] += ofLeft.y * ofRight;
    sums[2] += ofLeft.z * ofRight;
    sums[3] += ofLeft.w * ofRight;
    ${sums ? 'column += ofRight;' : ''}
  }
  ${sums ? `if (m0 == 0) { for (var j = 0; j < ${EACH}; j++) { let n = n0 + j; if (n < N) { ${sums('n', 'column[j]')} } } }` : ''}
  for (var i = 0; i < 4; i++) {
    for (var j = 0; j < 4; j++) {
      let m = m0 + i;
      let n = n0 + j;
      if (m < M && n < N) { let sum = sums[i][j]; ${p.store('m', 'n', 'sum')} }
    }
  }
}
`;
}
