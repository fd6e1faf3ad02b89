/** Attention in blocks of 32 queries and 32 keys, in WGSL: nothing of size queries x keys is ever in memory. */
import {
  BLOCK,
  common,
  entries,
  inputs,
  keysEnd,
  mixture,
  NONE,
  own,
  ownShare,
  products,
  QUAD,
  QUADS,
  QUERY_PLACE,
  type Sizes,
  store,
  THREADS,
  UNIFORMS,
  type Variant,
} from './attention-blocks.ts';
import { type KernelSource, reads, writes } from './kernel.ts';

const blocks = (length: number): number => Math.ceil(length / BLOCK);
/** Workgroups of the kernels that have one a block of queries, and of keys. */
export const queryGroups = ({ B, H, Tq }: Sizes): number => B * H * blocks(Tq);
export const keyGroups = ({ B, Hkv, Tk }: Sizes): number => B * Hkv * blocks(Tk);

/**
 * Online softmax (Milakov and Gimelshein 2018; Dao et al. 2022, algorithm 1): the greatest score and the sum so far shrink
 * what was added when a greater one comes. Gives o and each row's log of the sum of exponentials.
 */
export function forwardSource(variant: Variant): KernelSource {
  const { packed, causal } = variant;
  const { q, k, v, o } = entries(packed);
  return {
    buffers: [...inputs(variant), writes('o'), writes('sums')],
    uniforms: UNIFORMS,
    threads: THREADS,
    declarations: [
      common(variant),
      products('scores', ['u.Tq', q], ['u.Tk', k]),
      mixture('mixValues', 'shares', ['u.Tk', v]),
    ].join('\n'),
    main: `let tile = group;
  ${QUERY_PLACE}
  if (at.b >= u.B) { return; }
  ${QUAD}
  var greatest = vec4f(${NONE});
  var sum = vec4f(0.0);
  var mixed : array<vec4f, OWN>;
  for (var k0 = 0; k0 < ${keysEnd(causal)}; k0 += ${BLOCK}) {
    var s = scores(at, q0, k0, lid);
    ${own(`s[i][j] = select(${NONE}, s[i][j] * u.scale, seen(at, q0 + quadM * 4 + i, k0 + quadN * 4 + j));`)}
    for (var i = 0; i < 4; i++) { shares[${ownShare}] = s[i]; }
    workgroupBarrier();
    var next = greatest;
    for (var i = 0; i < 4; i++) {
      for (var n = 0; n < ${QUADS}; n++) {
        let p = shares[(quadM * 4 + i) * ${QUADS} + n];
        next[i] = max(next[i], max(max(p.x, p.y), max(p.z, p.w)));
      }
    }
    workgroupBarrier();
    let shrink = exp(greatest - next);
    greatest = next;
    for (var i = 0; i < 4; i++) {
      s[i] = select(vec4f(0.0), exp(s[i] - next[i]), s[i] > vec4f(0.1 * ${NONE}));
      sum[i] = sum[i] * shrink[i] + dot(s[i], vec4f(1.0));
      for (var j = 0; j < PARTS; j++) { mixed[i * PARTS + j] *= shrink[i]; }
    }
    ${variant.dropped ? own('s[i][j] *= kept(at, q0 + quadM * 4 + i, k0 + quadN * 4 + j);') : ''}
    for (var i = 0; i < 4; i++) { shares[${ownShare}] = s[i]; }
    mixValues(at, k0, lid, &mixed);
  }
  shares[quadM * ${QUADS} + quadN] = sum;
  workgroupBarrier();
  var whole = vec4f(0.0);
  for (var n = 0; n < ${QUADS}; n++) { whole += shares[quadM * ${QUADS} + n]; }
  for (var i = 0; i < 4; i++) {
    let share = select(0.0, 1.0 / whole[i], whole[i] > 0.0);
    for (var j = 0; j < PARTS; j++) { mixed[i * PARTS + j] *= share; }
    let t = q0 + quadM * 4 + i;
    if (quadN == 0 && t < u.Tq) {
      sums[(at.b * u.H + at.h) * u.Tq + t] = select(-(${NONE}), greatest[i] + log(whole[i]), whole[i] > 0.0);
    }
  }
  ${store('mixed', 'q0', 'u.Tq', o)}`,
  };
}

/** For each row of a block of queries its log-sum and dy . o, which is the sum of its shares times their gradients. */
const rowSums = (read: boolean): string => `
var<workgroup> rows : array<vec2f, ${BLOCK}>;
${read ? '' : `var<workgroup> halves : array<f32, ${THREADS}>;`}
fn loadRows(at : Place, q0 : i32, lid : u32) {
  ${
    read
      ? ''
      : `let half = q0 + i32(lid) / 2;
  var sum = 0.0;
  if (half < u.Tq) {
    for (var c = i32(lid) % 2; c < WIDTH; c += 2) {
      let i = ((at.b * u.Tq + half) * u.H + at.h) * WIDTH + c;
      sum += dy[i] * o[i];
    }
  }
  halves[lid] = sum;
  workgroupBarrier();`
  }
  if (lid < ${BLOCK}) {
    let t = q0 + i32(lid);
    let i = (at.b * u.H + at.h) * u.Tq + min(t, u.Tq - 1);
    rows[lid] = vec2f(sums[i], ${read ? 'sums[u.B * u.H * u.Tq + i]' : 'halves[2 * lid] + halves[2 * lid + 1]'});
  }
  workgroupBarrier();
}`;

/** dq of a block of queries: ds = p (dy v - row sum) scale, dq = ds k. */
function queryGradient({ packed, causal, dropped }: Variant, noted: boolean): string {
  const { q, k, v, o } = entries(packed);
  return `
${products('queryScores', ['u.Tq', q], ['u.Tk', k])}
${products('queryShares', ['u.Tq', (t, c) => o(t, c, 'dy')], ['u.Tk', v])}
${mixture('mixKeys', 'shares', ['u.Tk', k])}
fn queryGradient(tile : i32, lid : u32) {
  ${QUERY_PLACE}
  ${QUAD}
  var ownQ : array<vec4f, OWN>;
  loadRows(at, q0, lid);
  for (var k0 = 0; k0 < ${keysEnd(causal)}; k0 += ${BLOCK}) {
    var s = queryScores(at, q0, k0, lid);
    let d = queryShares(at, q0, k0, lid);
    ${own(`let t = q0 + quadM * 4 + i;
      let key = k0 + quadN * 4 + j;
      let row = rows[quadM * 4 + i];
      let p = select(0.0, exp(s[i][j] * u.scale - row.x), seen(at, t, key));
      s[i][j] = p * (d[i][j]${dropped ? ' * kept(at, t, key)' : ''} - row.y) * u.scale;`)}
    for (var i = 0; i < 4; i++) { shares[${ownShare}] = s[i]; }
    mixKeys(at, k0, lid, &ownQ);
  }
  ${store('ownQ', 'q0', 'u.Tq', (t, c) => q(t, c, packed ? 'dx' : 'dq'))}
  ${noted ? `if (lid < ${BLOCK} && q0 + i32(lid) < u.Tq) { sums[u.B * u.H * u.Tq + (at.b * u.H + at.h) * u.Tq + q0 + i32(lid)] = rows[lid].y; }` : ''}
}`;
}

/** dk and dv of a block of keys, over all heads that share them: dv = pᵀ dy, dk = dsᵀ q. */
function keyGradient({ packed, causal, dropped }: Variant): string {
  const { q, k, v, o } = entries(packed);
  const first = causal ? `max(0, k0 - (u.Tk - u.Tq)) / ${BLOCK} * ${BLOCK}` : '0';
  return `
var<workgroup> slopes : array<vec4f, ${BLOCK * QUADS}>;
${products('keyScores', ['u.Tk', k], ['u.Tq', q])}
${products('keyShares', ['u.Tk', v], ['u.Tq', (t, c) => o(t, c, 'dy')])}
${mixture('mixUpstream', 'shares', ['u.Tq', (t, c) => o(t, c, 'dy')])}
${mixture('mixQueries', 'slopes', ['u.Tq', q])}
fn keyGradient(tile : i32, lid : u32) {
  let blocks = (u.Tk + ${BLOCK - 1}) / ${BLOCK};
  let k0 = tile % blocks * ${BLOCK};
  let each = u.H / u.Hkv;
  var at = Place(tile / blocks / u.Hkv, 0, tile / blocks % u.Hkv);
  ${QUAD}
  var ownK : array<vec4f, OWN>;
  var ownV : array<vec4f, OWN>;
  for (var n = 0; n < each; n++) {
    at.h = at.group * each + n;
    for (var q0 = ${first}; q0 < u.Tq; q0 += ${BLOCK}) {
      loadRows(at, q0, lid);
      var s = keyScores(at, k0, q0, lid);
      var d = keyShares(at, k0, q0, lid);
      ${own(`let t = q0 + quadN * 4 + j;
        let key = k0 + quadM * 4 + i;
        let row = rows[quadN * 4 + j];
        let p = select(0.0, exp(s[i][j] * u.scale - row.x), seen(at, t, key));
        ${dropped ? 'let share = kept(at, t, key);' : ''}
        s[i][j] = p${dropped ? ' * share' : ''};
        d[i][j] = p * (d[i][j]${dropped ? ' * share' : ''} - row.y) * u.scale;`)}
      for (var i = 0; i < 4; i++) { shares[${ownShare}] = s[i]; slopes[${ownShare}] = d[i]; }
      mixUpstream(at, q0, lid, &ownV);
      mixQueries(at, q0, lid, &ownK);
    }
  }
  ${store('ownK', 'k0', 'u.Tk', (t, c) => k(t, c, packed ? 'dx' : 'dk'))}
  ${store('ownV', 'k0', 'u.Tk', (t, c) => v(t, c, packed ? 'dx' : 'dv'))}
}`;
}

const queryTiles = `u.B * u.H * ((u.Tq + ${BLOCK - 1}) / ${BLOCK})`;
const keyTiles = `u.B * u.Hkv * ((u.Tk + ${BLOCK - 1}) / ${BLOCK})`;

/** All of the gradient of packed q, k and v at once. */
export const packedGradientSource = (variant: Variant): KernelSource => ({
  buffers: [...inputs(variant), reads('o'), reads('sums'), reads('dy'), writes('dx')],
  uniforms: UNIFORMS,
  threads: THREADS,
  declarations: [common(variant), rowSums(false), queryGradient(variant, false), keyGradient(variant)].join('\n'),
  main: `let first = ${queryTiles};
  if (group < first) { queryGradient(group, lid); } else if (group - first < ${keyTiles}) { keyGradient(group - first, lid); }`,
});

/** dq, which leaves each row's dy . o for the keys' gradient behind the log-sums. */
export const queryGradientSource = (variant: Variant): KernelSource => ({
  buffers: [...inputs(variant), reads('o'), writes('sums'), reads('dy'), writes('dq')],
  uniforms: UNIFORMS,
  threads: THREADS,
  declarations: [common(variant), rowSums(false), queryGradient(variant, true)].join('\n'),
  main: `if (group < ${queryTiles}) { queryGradient(group, lid); }`,
});

/** dk and dv, after dq. */
export const keyGradientSource = (variant: Variant): KernelSource => ({
  buffers: [...inputs(variant), reads('sums'), reads('dy'), writes('dk'), writes('dv')],
  uniforms: UNIFORMS,
  threads: THREADS,
  declarations: [common(variant), rowSums(true), keyGradient(variant)].join('\n'),
  main: `if (group < ${keyTiles}) { keyGradient(group, lid); }`,
});
