/**
 * A small assembler of WebAssembly functions: each helper returns the bytes of one expression or statement
 * (WebAssembly core specification 2.0, section 5), so that unrolled kernels are written with ordinary loops and need
 * no compiler in the build.
 */

export type Code = readonly number[];
export type ValueType = 'i32' | 'f32' | 'v128';

const TYPE_BYTE: Record<ValueType, number> = { i32: 0x7f, f32: 0x7d, v128: 0x7b };

/** Unsigned LEB128. */
export function unsigned(value: number): number[] {
  const bytes: number[] = [];
  let rest = value >>> 0;
  do {
    bytes.push((rest & 0x7f) | (rest > 0x7f ? 0x80 : 0));
    rest >>>= 7;
  } while (rest > 0);
  return bytes;
}

/** Signed LEB128 of a 32-bit integer. */
export function signed(value: number): number[] {
  const bytes: number[] = [];
  let rest = value | 0;
  for (;;) {
    const low = rest & 0x7f;
    rest >>= 7;
    const last = (rest === 0 && (low & 0x40) === 0) || (rest === -1 && (low & 0x40) !== 0);
    bytes.push(last ? low : low | 0x80);
    if (last) return bytes;
  }
}

const vector = (items: readonly Code[]): number[] => [...unsigned(items.length), ...items.flat()];
const sized = (body: Code): number[] => [...unsigned(body.length), ...body];
const named = (text: string): number[] => sized([...new TextEncoder().encode(text)]);
const simd = (opcode: number): number[] => [0xfd, ...unsigned(opcode)];

/** A local variable or parameter, by index. */
export type Local = number & { readonly brand?: 'local' };

export const seq = (...codes: readonly Code[]): Code => codes.flat();
export const get = (local: Local): Code => [0x20, ...unsigned(local)];
export const set = (local: Local, value: Code): Code => [...value, 0x21, ...unsigned(local)];
export const int = (value: number): Code => [0x41, ...signed(value)];
export const add = (a: Code, b: Code): Code => [...a, ...b, 0x6a];
export const sub = (a: Code, b: Code): Code => [...a, ...b, 0x6b];
export const mul = (a: Code, b: Code): Code => [...a, ...b, 0x6c];
export const less = (a: Code, b: Code): Code => [...a, ...b, 0x48];
export const atLeast = (a: Code, b: Code): Code => [...a, ...b, 0x4e];
/** `local += value` */
export const advance = (local: Local, value: Code): Code => set(local, add(get(local), value));

/** Memory instructions; `offset` in bytes. Alignment is only a hint and is given as 4 bytes. */
const memory = (offset: number): number[] => [2, ...unsigned(offset)];
export const loadFloat = (address: Code, offset = 0): Code => [...address, 0x2a, ...memory(offset)];
export const storeFloat = (address: Code, value: Code, offset = 0): Code => [
  ...address,
  ...value,
  0x38,
  ...memory(offset),
];
export const addFloat = (a: Code, b: Code): Code => [...a, ...b, 0x92];
export const subFloat = (a: Code, b: Code): Code => [...a, ...b, 0x93];
export const mulFloat = (a: Code, b: Code): Code => [...a, ...b, 0x94];
export const divFloat = (a: Code, b: Code): Code => [...a, ...b, 0x95];
export const sqrtFloat = (x: Code): Code => [...x, 0x91];
/** A signed 32-bit integer as a float. */
export const toFloat = (x: Code): Code => [...x, 0xb2];
export const oneFloat: Code = [0x43, 0, 0, 0x80, 0x3f];
export const zeroFloat: Code = [0x43, 0, 0, 0, 0];

export const loadVector = (address: Code, offset = 0): Code => [...address, ...simd(0), ...memory(offset)];
export const loadSplat = (address: Code, offset = 0): Code => [...address, ...simd(9), ...memory(offset)];
export const storeVector = (address: Code, value: Code, offset = 0): Code => [
  ...address,
  ...value,
  ...simd(11),
  ...memory(offset),
];
/** The first of the four numbers. */
export const storeFirst = (address: Code, value: Code, offset = 0): Code => [
  ...address,
  ...value,
  ...simd(90),
  ...memory(offset),
  0,
];
export const zeroVector: Code = [...simd(12), ...new Array<number>(16).fill(0)];
export const splat = (value: Code): Code => [...value, ...simd(19)];
export const addVector = (a: Code, b: Code): Code => [...a, ...b, ...simd(228)];
export const subVector = (a: Code, b: Code): Code => [...a, ...b, ...simd(229)];
export const mulVector = (a: Code, b: Code): Code => [...a, ...b, ...simd(230)];
export const divVector = (a: Code, b: Code): Code => [...a, ...b, ...simd(231)];
export const sqrtVector = (x: Code): Code => [...x, ...simd(227)];
/** All bits of a number that compares so, else none. */
export const lessVector = (a: Code, b: Code): Code => [...a, ...b, ...simd(67)];
export const greaterVector = (a: Code, b: Code): Code => [...a, ...b, ...simd(68)];
export const andVector = (a: Code, b: Code): Code => [...a, ...b, ...simd(78)];
/** What is not a number stays so. */
export const minVector = (a: Code, b: Code): Code => [...a, ...b, ...simd(232)];
export const maxVector = (a: Code, b: Code): Code => [...a, ...b, ...simd(233)];
export const roundVector = (x: Code): Code => [...x, ...simd(106)];
/** One of the four numbers. */
export const lane = (x: Code, index: number): Code => [...x, ...simd(31), index];
/** The same number four times. */
export const vectorOf = (value: number): Code => {
  const bytes = [...new Uint8Array(Float32Array.of(value).buffer)];
  return [...simd(12), ...bytes, ...bytes, ...bytes, ...bytes];
};
/** Four floats as 32-bit integers; what is not a number is 0. */
export const toInts = (x: Code): Code => [...x, ...simd(248)];
export const intsOf = (value: number): Code => [...int(value), ...simd(17)];
export const addInts = (a: Code, b: Code): Code => [...a, ...b, ...simd(174)];
export const subInts = (a: Code, b: Code): Code => [...a, ...b, ...simd(177)];
export const shiftLeft = (x: Code, bits: number): Code => [...x, ...int(bits), ...simd(171)];
/** Keeps the sign. */
export const shiftRight = (x: Code, bits: number): Code => [...x, ...int(bits), ...simd(172)];

export const when = (condition: Code, then: Code, otherwise: Code = []): Code => [
  ...condition,
  0x04,
  0x40,
  ...then,
  ...(otherwise.length > 0 ? [0x05, ...otherwise] : []),
  0x0b,
];

/** `while (left >= step) { body; left -= step }`, with `left` a signed count. */
export const countdown = (left: Local, step: number, body: Code): Code =>
  when(atLeast(get(left), int(step)), [
    0x03,
    0x40,
    ...body,
    ...advance(left, int(-step)),
    ...atLeast(get(left), int(step)),
    0x0d,
    0,
    0x0b,
  ]);

/** A function under construction: parameters first, then locals as they are asked for. */
export class FunctionBuilder {
  readonly name: string;
  readonly params: readonly ValueType[];
  private readonly locals: ValueType[] = [];

  constructor(name: string, params: readonly ValueType[]) {
    this.name = name;
    this.params = params;
  }

  local(type: ValueType): Local {
    this.locals.push(type);
    return this.params.length + this.locals.length - 1;
  }

  /** The entry of the code section. */
  entry(body: Code): number[] {
    const declared = this.locals.map((type) => [1, TYPE_BYTE[type]]);
    return sized([...vector(declared), ...body, 0x0b]);
  }

  type(): number[] {
    return [0x60, ...vector(this.params.map((type) => [TYPE_BYTE[type]])), 0];
  }
}

export interface BuiltFunction {
  builder: FunctionBuilder;
  body: Code;
}

const section = (id: number, items: readonly Code[]): number[] => [id, ...sized(vector(items))];

/** A module that imports `env.memory` (shared or not, up to 4 GiB) and exports every function by its name. */
export function assemble(functions: readonly BuiltFunction[], shared: boolean): Uint8Array<ArrayBuffer> {
  const limits = shared ? [0x03, 0, ...unsigned(65536)] : [0x00, 0];
  return new Uint8Array([
    ...[0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(
      1,
      functions.map(({ builder }) => builder.type()),
    ),
    ...section(2, [[...named('env'), ...named('memory'), 0x02, ...limits]]),
    ...section(
      3,
      functions.map((_, index) => unsigned(index)),
    ),
    ...section(
      7,
      functions.map(({ builder }, index) => [...named(builder.name), 0x00, ...unsigned(index)]),
    ),
    ...section(
      10,
      functions.map(({ builder, body }) => builder.entry(body)),
    ),
  ]);
}

/** Whether the engine multiplies and adds in one instruction, rounded once (relaxed SIMD): twice the arithmetic a cycle. */
export const fusesMulAdd: boolean = (() => {
  const f = new FunctionBuilder('f', []);
  const body = storeVector(int(0), [...zeroVector, ...zeroVector, ...zeroVector, ...simd(0x105)]);
  return WebAssembly.validate(assemble([{ builder: f, body }], false));
})();
/** a b + c */
export const mulAddVector = (a: Code, b: Code, c: Code): Code =>
  fusesMulAdd ? [...a, ...b, ...c, ...simd(0x105)] : addVector(c, mulVector(a, b));
