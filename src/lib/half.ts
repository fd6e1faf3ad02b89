/** IEEE 754 binary16 as bits -> number. */
function decode(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 31) return fraction ? Number.NaN : sign * Number.POSITIVE_INFINITY;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

let table: Float32Array | undefined;

/** What all 65,536 halves are, made at first use. */
function halvesTable(): Float32Array {
  table ??= Float32Array.from({ length: 65536 }, (_, bits) => decode(bits));
  return table;
}

/** Half precision to single, exactly. */
export function halvesToFloats(halves: Uint16Array): Float32Array {
  const decoded = halvesTable();
  const out = new Float32Array(halves.length);
  for (let i = 0; i < halves.length; i++) out[i] = decoded[halves[i]!]!;
  return out;
}

/** The greatest finite half. */
const MOST = 0x7bff;

/** Single precision, as its bits, to half: the nearest, of two as near the even one, and the greatest for what is beyond. */
function encode(bits: number, value: number): number {
  const sign = (bits >>> 16) & 0x8000;
  const size = bits & 0x7fffffff;
  if (size >= 0x7f800000) return sign | (size > 0x7f800000 ? 0x7e00 : 0x7c00);
  // from 65,520 on rounding would give infinity
  if (size >= 0x477ff000) return sign | MOST;
  if (size >= 0x38800000) return sign | ((size + 0xfff + ((size >> 13) & 1) - (112 << 23)) >> 13);
  const steps = Math.abs(value) * 2 ** 24;
  const below = Math.floor(steps);
  const rest = steps - below;
  return sign | (below + Number(rest > 0.5 || (rest === 0.5 && below % 2 === 1)));
}

/** Single precision, as its bits, to the half that is the same number; undefined where none is. */
function same(bits: number, value: number): number | undefined {
  const sign = (bits >>> 16) & 0x8000;
  const size = bits & 0x7fffffff;
  if (size >= 0x38800000)
    return size > 0x477fe000 || (size & 0x1fff) !== 0 ? undefined : sign | ((size - (112 << 23)) >> 13);
  const steps = Math.abs(value) * 2 ** 24;
  return Number.isInteger(steps) ? sign | steps : undefined;
}

/** Whether every value is a half. */
export function areHalves(values: Float32Array): boolean {
  const bits = new Int32Array(values.buffer, values.byteOffset, values.length);
  return bits.every((each, i) => same(each, values[i]!) !== undefined);
}

/** Single precision to half, an even number of them, where every value is one: what a file in half precision gave. */
export function exactHalves(values: Float32Array): Uint16Array<ArrayBuffer> | undefined {
  const bits = new Int32Array(values.buffer, values.byteOffset, values.length);
  const halves = new Uint16Array(2 * wordsOfHalves(values.length));
  for (let i = 0; i < values.length; i++) {
    const half = same(bits[i]!, values[i]!);
    if (half === undefined) return undefined;
    halves[i] = half;
  }
  return halves;
}

/** Words that so many halves take, two in each. */
export const wordsOfHalves = (count: number): number => Math.ceil(count / 2);

/** Rows of `each` values as halves, two in a word, each row from a word of its own on. */
export function packHalves(values: Float32Array, each: number): Int32Array {
  const bits = new Int32Array(values.buffer, values.byteOffset, values.length);
  const stride = 2 * wordsOfHalves(each);
  const halves = new Uint16Array((values.length / each) * stride);
  for (let i = 0, row = 0; i < values.length; row += stride)
    for (let column = 0; column < each; column++, i++) halves[row + column] = encode(bits[i]!, values[i]!);
  return new Int32Array(halves.buffer);
}

/** What `packHalves` made of rows, back as single precision, into `values`. */
export function unpackHalves(words: Int32Array, each: number, values: Float32Array): void {
  const decoded = halvesTable();
  const halves = new Uint16Array(words.buffer, words.byteOffset, 2 * words.length);
  const stride = 2 * wordsOfHalves(each);
  for (let i = 0, row = 0; i < values.length; row += stride)
    for (let column = 0; column < each; column++, i++) values[i] = decoded[halves[row + column]!]!;
}
