/** What attention's kernels are made of, in WGSL: blocks of 32 rows of queries and of keys, and their products. */
import { type BufferSpec, reads } from './kernel.ts';
import { RANDOM_BITS } from './random.ts';

export interface Variant {
  /** Of a head, to 128. */
  width: number;
  /** q, k and v in one tensor, side by side in each row. */
  packed: boolean;
  causal: boolean;
  mask: 'none' | 'i32' | 'f32';
  dropped: boolean;
}

export interface Sizes {
  B: number;
  H: number;
  Hkv: number;
  Tq: number;
  Tk: number;
  /** Of a head. */
  d: number;
}

/** Rows of `SQ` (queries) and `SK` (keys, values) entries, keys from entry `kAt` of theirs and values from `vAt`. */
export const UNIFORMS = [
  ...['B:i32', 'H:i32', 'Hkv:i32', 'Tq:i32', 'Tk:i32', 'SQ:i32', 'SK:i32', 'kAt:i32', 'vAt:i32', 'scale:f32'],
  ...['limit:u32', 'kept:f32', 'seed:u32'],
];

export const BLOCK = 32;
export const THREADS = 64;
/** Of the width that is in workgroup memory at once while rows are multiplied with rows. */
const DEPTH = 16;
/** Each thread has four rows and four columns of a block; `QUADS` threads side by side. */
export const QUADS = BLOCK / 4;
export const NONE = '-1e30';
const components = [...'xyzw'];

/** Entry `c` of row `t`, by matrix. */
export const entries = (
  packed: boolean,
): Record<'q' | 'k' | 'v' | 'o', (t: string, c: string, name?: string) => string> => ({
  q: (t, c, name = packed ? 'x' : 'q') => `${name}[(at.b * u.Tq + ${t}) * u.SQ + at.h * WIDTH + ${c}]`,
  k: (t, c, name = packed ? 'x' : 'k') => `${name}[(at.b * u.Tk + ${t}) * u.SK + u.kAt + at.group * WIDTH + ${c}]`,
  v: (t, c, name = packed ? 'x' : 'v') => `${name}[(at.b * u.Tk + ${t}) * u.SK + u.vAt + at.group * WIDTH + ${c}]`,
  o: (t, c, name = 'o') => `${name}[((at.b * u.Tq + ${t}) * u.H + at.h) * WIDTH + ${c}]`,
});

/** A slice of `DEPTH` columns of 32 rows, four rows a vector, from `first` of the slices. */
const slice = (first: number, row0: string, limit: string, entry: (t: string, c: string) => string): string => `
    for (var i = i32(lid); i < ${DEPTH * QUADS}; i += ${THREADS}) {
      let c = c0 + i % ${DEPTH};
      let t = ${row0} + i / ${DEPTH} * 4;
      var value = vec4f(0.0);
      if (c < WIDTH) { ${components.map((x, j) => `if (t + ${j} < ${limit}) { value.${x} = ${entry(`(t + ${j})`, 'c')}; }`).join(' ')} }
      slices[${first} + i % ${DEPTH} * ${QUADS} + i / ${DEPTH}] = value;
    }`;

type Rows = readonly [limit: string, entry: (t: string, c: string) => string];

/** Every row of one block times every row of another: the thread's own 4 x 4. */
export const products = (name: string, [leftLimit, left]: Rows, [rightLimit, right]: Rows): string => `
fn ${name}(at : Place, left0 : i32, right0 : i32, lid : u32) -> array<vec4f, 4> {
  var sums : array<vec4f, 4>;
  for (var c0 = 0; c0 < WIDTH; c0 += ${DEPTH}) {
    ${slice(0, 'left0', leftLimit, left)}
    ${slice(DEPTH * QUADS, 'right0', rightLimit, right)}
    workgroupBarrier();
    for (var c = 0; c < ${DEPTH}; c++) {
      let a = slices[c * ${QUADS} + i32(lid) / ${QUADS}];
      let b = slices[${DEPTH * QUADS} + c * ${QUADS} + i32(lid) % ${QUADS}];
      sums[0] += a.x * b;
      sums[1] += a.y * b;
      sums[2] += a.z * b;
      sums[3] += a.w * b;
    }
    workgroupBarrier();
  }
  return sums;
}`;

/** Adds the block in `shares` times 32 rows to the thread's own rows and columns. */
export const mixture = (name: string, shares: string, [limit, entry]: Rows): string => `
fn ${name}(at : Place, row0 : i32, lid : u32, sums : ptr<function, array<vec4f, OWN>>) {
  for (var j = 0; j < PARTS; j++) {
    for (var i = i32(lid); i < ${BLOCK * QUADS}; i += ${THREADS}) {
      let t = row0 + i / ${QUADS};
      let c = j * ${BLOCK} + i % ${QUADS} * 4;
      var value = vec4f(0.0);
      if (t < ${limit}) { ${components.map((x, n) => `if (c + ${n} < WIDTH) { value.${x} = ${entry('t', `(c + ${n})`)}; }`).join(' ')} }
      slices[i] = value;
    }
    workgroupBarrier();
    for (var quad = 0; quad < ${QUADS}; quad++) {
      let at0 = quad * ${4 * QUADS} + i32(lid) % ${QUADS};
      let rows = array<vec4f, 4>(${[0, 1, 2, 3].map((n) => `slices[at0 + ${n * QUADS}]`).join(', ')});
      for (var i = 0; i < 4; i++) {
        let share = ${shares}[(i32(lid) / ${QUADS} * 4 + i) * ${QUADS} + quad];
        (*sums)[i * PARTS + j] += share.x * rows[0] + share.y * rows[1] + share.z * rows[2] + share.w * rows[3];
      }
    }
    workgroupBarrier();
  }
}`;

/** Gives the thread's own rows of a block of results out. */
export const store = (sums: string, row0: string, limit: string, target: (t: string, c: string) => string): string => `
  for (var i = 0; i < 4; i++) {
    let t = ${row0} + quadM * 4 + i;
    for (var j = 0; j < PARTS; j++) {
      for (var n = 0; n < 4; n++) {
        let c = j * ${BLOCK} + quadN * 4 + n;
        if (t < ${limit} && c < WIDTH) { ${target('t', 'c')} = ${sums}[i * PARTS + j][n]; }
      }
    }
  }`;

export function common({ width, causal, mask, dropped }: Variant): string {
  const parts = Math.ceil(width / BLOCK);
  const seen = [
    't < u.Tq && key < u.Tk',
    ...(causal ? ['key <= t + u.Tk - u.Tq'] : []),
    ...(mask === 'none' ? [] : [`mask[at.b * u.Tk + min(key, u.Tk - 1)] != ${mask === 'i32' ? '0' : '0.0'}`]),
  ];
  return `
const WIDTH = ${width};
const PARTS = ${parts};
const OWN = ${4 * parts};
/** Example, head, and the head of its keys and values. */
struct Place { b : i32, h : i32, group : i32 }
var<workgroup> slices : array<vec4f, ${BLOCK * QUADS}>;
var<workgroup> shares : array<vec4f, ${BLOCK * QUADS}>;
fn seen(at : Place, t : i32, key : i32) -> bool { return ${seen.join(' && ')}; }
${dropped ? RANDOM_BITS : ''}
fn kept(at : Place, t : i32, key : i32) -> f32 {
  ${
    dropped
      ? `let i = ((at.b * u.H + at.h) * u.Tq + t) * u.Tk + key;
  return select(u.kept, 0.0, randomBits(u32(i), u.seed) < u.limit);`
      : 'return 1.0;'
  }
}`;
}

export const inputs = ({ packed, mask }: Variant): BufferSpec[] => [
  ...(packed ? [reads('x')] : [reads('q'), reads('k'), reads('v')]),
  ...(mask === 'none' ? [] : [reads('mask', mask)]),
];
export const QUAD = `let quadM = i32(lid) / ${QUADS}; let quadN = i32(lid) % ${QUADS};`;
export const QUERY_PLACE = `let blocks = (u.Tq + ${BLOCK - 1}) / ${BLOCK};
  let head = tile / blocks % u.H;
  let at = Place(tile / blocks / u.H, head, head / (u.H / u.Hkv));
  let q0 = tile % blocks * ${BLOCK};`;
/** Keys that a block of queries sees end here. */
export const keysEnd = (causal: boolean): string => (causal ? `min(u.Tk, q0 + ${BLOCK} + u.Tk - u.Tq)` : 'u.Tk');
/** A statement for the four rows and four columns that are the thread's. */
export const own = (body: string): string => `for (var i = 0; i < 4; i++) { for (var j = 0; j < 4; j++) { ${body} } }`;
export const ownShare = `(quadM * 4 + i) * ${QUADS} + quadN`;
