/** Attention with a thread for each query or key, in WGSL, for devices whose threads had better not wait for each other. */
import { common, entries, inputs, NONE, type Sizes, UNIFORMS, type Variant } from './attention-blocks.ts';
import { type KernelSource, reads, THREADS, writes } from './kernel.ts';

const grouped = (rows: number): number => Math.ceil(rows / THREADS);
/** Workgroups of the kernels that have a thread a query, and a key. */
export const queryGroups = ({ B, H, Tq }: Sizes): number => grouped(B * H * Tq);
export const keyGroups = ({ B, Hkv, Tk }: Sizes): number => grouped(B * Hkv * Tk);

/** A statement for every entry of a head. */
const along = (body: string): string => `for (var c = 0; c < WIDTH; c++) { ${body} }`;
const lastKey = (causal: boolean): string => (causal ? 'min(u.Tk, t + 1 + u.Tk - u.Tq)' : 'u.Tk');

/** Online softmax of one row, key after key (Milakov and Gimelshein 2018, algorithm 3). */
export function forwardSource(variant: Variant): KernelSource {
  const { q, k, v, o } = entries(variant.packed);
  return {
    buffers: [...inputs(variant), writes('o'), writes('sums')],
    uniforms: UNIFORMS,
    declarations: common(variant),
    main: `if (gid >= u.B * u.H * u.Tq) { return; }
  let t = gid % u.Tq;
  let head = gid / u.Tq % u.H;
  let at = Place(gid / u.Tq / u.H, head, head / (u.H / u.Hkv));
  var greatest = ${NONE};
  var sum = 0.0;
  var mixed : array<f32, WIDTH>;
  for (var key = 0; key < ${lastKey(variant.causal)}; key++) {
    if (!seen(at, t, key)) { continue; }
    var score = 0.0;
    ${along(`score += ${q('t', 'c')} * ${k('key', 'c')};`)}
    score *= u.scale;
    let next = max(greatest, score);
    let shrink = exp(greatest - next);
    let p = exp(score - next);
    let share = p * kept(at, t, key);
    sum = sum * shrink + p;
    ${along(`mixed[c] = mixed[c] * shrink + share * ${v('key', 'c')};`)}
    greatest = next;
  }
  let whole = select(0.0, 1.0 / sum, sum > 0.0);
  ${along(`${o('t', 'c')} = mixed[c] * whole;`)}
  sums[gid] = select(-(${NONE}), greatest + log(sum), sum > 0.0);`,
  };
}

/** `rowSum`: dy . o of a query, the sum of its shares times their gradients. */
const rowSum = (at: string): string => `fn rowSum(at : Place, t : i32) -> f32 { ${at} }`;
const SUMMED = rowSum(
  `var sum = 0.0; ${along('let i = ((at.b * u.Tq + t) * u.H + at.h) * WIDTH + c; sum += dy[i] * o[i];')} return sum;`,
);
const NOTED = rowSum('return sums[u.B * u.H * u.Tq + (at.b * u.H + at.h) * u.Tq + t];');

/** The share `p` of (t, key), and `d`, the gradient of the share that was kept. */
const share = ({ packed }: Variant): string => {
  const { q, k, v, o } = entries(packed);
  return `var score = 0.0;
    var d = 0.0;
    ${along(`score += ${q('t', 'c')} * ${k('key', 'c')}; d += ${o('t', 'c', 'dy')} * ${v('key', 'c')};`)}
    let p = exp(score * u.scale - sums[(at.b * u.H + at.h) * u.Tq + t]);`;
};

/** dq of a query: ds = p (dy v - row sum) scale, dq = ds k. */
function queryGradient(variant: Variant, noted: boolean): string {
  const { q, k } = entries(variant.packed);
  return `
fn queryGradient(row : i32) {
  if (row >= u.B * u.H * u.Tq) { return; }
  let t = row % u.Tq;
  let head = row / u.Tq % u.H;
  let at = Place(row / u.Tq / u.H, head, head / (u.H / u.Hkv));
  let whole = rowSum(at, t);
  var own : array<f32, WIDTH>;
  for (var key = 0; key < ${lastKey(variant.causal)}; key++) {
    if (!seen(at, t, key)) { continue; }
    ${share(variant)}
    let ds = p * (d * kept(at, t, key) - whole) * u.scale;
    ${along(`own[c] += ds * ${k('key', 'c')};`)}
  }
  ${along(`${q('t', 'c', variant.packed ? 'dx' : 'dq')} = own[c];`)}
  ${noted ? 'sums[u.B * u.H * u.Tq + row] = whole;' : ''}
}`;
}

/** dk and dv of a key, over all heads that share it: dv = pᵀ dy, dk = dsᵀ q. */
function keyGradient(variant: Variant): string {
  const { packed, causal } = variant;
  const { q, k, v, o } = entries(packed);
  return `
fn keyGradient(row : i32) {
  if (row >= u.B * u.Hkv * u.Tk) { return; }
  let key = row % u.Tk;
  let each = u.H / u.Hkv;
  var at = Place(row / u.Tk / u.Hkv, 0, row / u.Tk % u.Hkv);
  var ownK : array<f32, WIDTH>;
  var ownV : array<f32, WIDTH>;
  for (var n = 0; n < each; n++) {
    at.h = at.group * each + n;
    for (var t = ${causal ? 'max(0, key - (u.Tk - u.Tq))' : '0'}; t < u.Tq; t++) {
      if (!seen(at, t, key)) { continue; }
      ${share(variant)}
      let keep = kept(at, t, key);
      let ds = p * (d * keep - rowSum(at, t)) * u.scale;
      ${along(`ownK[c] += ds * ${q('t', 'c')}; ownV[c] += p * keep * ${o('t', 'c', 'dy')};`)}
    }
  }
  ${along(`${k('key', 'c', packed ? 'dx' : 'dk')} = ownK[c]; ${v('key', 'c', packed ? 'dx' : 'dv')} = ownV[c];`)}
}`;
}

const QUERY_GROUPS = `((u.B * u.H * u.Tq + ${THREADS - 1}) / ${THREADS})`;

/** All of the gradient of packed q, k and v at once. */
export const packedGradientSource = (variant: Variant): KernelSource => ({
  buffers: [...inputs(variant), reads('o'), reads('sums'), reads('dy'), writes('dx')],
  uniforms: UNIFORMS,
  declarations: [common(variant), SUMMED, queryGradient(variant, false), keyGradient(variant)].join('\n'),
  main: `if (group < ${QUERY_GROUPS}) { queryGradient(gid); } else { keyGradient(gid - ${QUERY_GROUPS} * ${THREADS}); }`,
});

/** dq, which leaves each row's dy . o for the keys' gradient behind the log-sums. */
export const queryGradientSource = (variant: Variant): KernelSource => ({
  buffers: [...inputs(variant), reads('o'), writes('sums'), reads('dy'), writes('dq')],
  uniforms: UNIFORMS,
  declarations: [common(variant), SUMMED, queryGradient(variant, true)].join('\n'),
  main: 'queryGradient(gid);',
});

/** dk and dv, after dq. */
export const keyGradientSource = (variant: Variant): KernelSource => ({
  buffers: [...inputs(variant), reads('sums'), reads('dy'), writes('dk'), writes('dv')],
  uniforms: UNIFORMS,
  declarations: [common(variant), NOTED, keyGradient(variant)].join('\n'),
  main: 'keyGradient(gid);',
});
