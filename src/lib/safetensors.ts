import { ProblemError } from '../protocol/problems.ts';
import { halvesToFloats } from './half.ts';

/** A tensor as a file holds it: row-major, in the layout of the file. */
export interface RawTensor {
  shape: readonly number[];
  data: Float32Array | Int32Array | Uint8Array;
}
export type TensorFile = ReadonlyMap<string, RawTensor>;

/** Where a tensor lies: `from` and `to` count bytes of the file. */
export interface TensorPlace {
  dtype: string;
  shape: readonly number[];
  from: number;
  to: number;
}
export type TensorPlaces = ReadonlyMap<string, TensorPlace>;

interface HeaderEntry {
  dtype: string;
  shape: number[];
  data_offsets: [number, number];
}

/** Bytes of a value, by the types that can be read. */
const BYTES: Readonly<Record<string, number>> = { F64: 8, F32: 4, F16: 2, BF16: 2, I32: 4, U8: 1 };
/** More than this is no header: the limit of the format's own reader. */
const MOST_HEADER = 100 * 2 ** 20;

export const isReadable = (dtype: string): boolean => Object.hasOwn(BYTES, dtype);

/** The upper half of single precision. */
function brainFloats(halves: Uint16Array): Float32Array {
  const bits = new Uint32Array(halves.length);
  for (let i = 0; i < halves.length; i++) bits[i] = halves[i]! << 16;
  return new Float32Array(bits.buffer);
}

function values(dtype: string, bytes: ArrayBuffer): RawTensor['data'] {
  switch (dtype) {
    case 'F64':
      return Float32Array.from(new Float64Array(bytes));
    case 'F16':
      return halvesToFloats(new Uint16Array(bytes));
    case 'BF16':
      return brainFloats(new Uint16Array(bytes));
    case 'I32':
      return new Int32Array(bytes);
    case 'U8':
      return new Uint8Array(bytes);
    default:
      return new Float32Array(bytes);
  }
}

const isSize = (value: unknown): boolean => Number.isSafeInteger(value) && Number(value) >= 0;

/** Whether a header's entry is what it should be; what it says is checked against the file's length elsewhere. */
function isEntry(entry: unknown): entry is HeaderEntry {
  if (typeof entry !== 'object' || entry === null) return false;
  const { dtype, shape, data_offsets: offsets } = entry as Partial<Record<keyof HeaderEntry, unknown>>;
  return (
    typeof dtype === 'string' &&
    Array.isArray(shape) &&
    shape.every(isSize) &&
    Array.isArray(offsets) &&
    offsets.length === 2 &&
    offsets.every(isSize)
  );
}

const damaged = (file: string, reason: string) => new ProblemError('model-damaged', { file, reason });

/** Length of the header that a file of `size` bytes begins with. Throws `model-damaged`. */
function headerLength(start: Uint8Array, size: number, file: string): number {
  if (start.byteLength < 8) throw damaged(file, 'header');
  const length = Number(new DataView(start.buffer, start.byteOffset, 8).getBigUint64(0, true));
  if (length > MOST_HEADER || length > size - 8) throw damaged(file, 'header');
  return length;
}

/** What a header says of its tensors, each checked against the file's `size`. Throws `model-damaged`. */
function placesOf(header: Uint8Array, size: number, file: string): TensorPlaces {
  let entries: unknown;
  try {
    entries = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(header));
  } catch {
    throw damaged(file, 'header');
  }
  if (typeof entries !== 'object' || entries === null || Array.isArray(entries)) throw damaged(file, 'header');
  const begin = 8 + header.byteLength;
  const places = new Map<string, TensorPlace>();
  for (const [name, entry] of Object.entries(entries)) {
    if (name === '__metadata__') continue;
    if (!isEntry(entry)) throw damaged(file, name);
    const { dtype, shape, data_offsets: offsets } = entry;
    const [from, to] = offsets;
    const bytes = BYTES[dtype];
    const count = shape.reduce((n, d) => n * d, 1);
    if (bytes !== undefined && (to - from !== count * bytes || begin + to > size)) throw damaged(file, name);
    places.set(name, { dtype, shape, from: begin + from, to: begin + to });
  }
  return places;
}

/**
 * Reads a safetensors file; other precisions become single. A file cut short, or a header that lies about sizes, is a
 * `model-damaged` problem that names `file`. Tensors of other types (I64 counters) are left out.
 */
export function readSafetensors(bytes: Uint8Array, file: string): TensorFile {
  const length = headerLength(bytes, bytes.byteLength, file);
  const tensors = new Map<string, RawTensor>();
  for (const [name, { dtype, shape, from, to }] of placesOf(bytes.subarray(8, 8 + length), bytes.byteLength, file)) {
    if (!isReadable(dtype)) continue;
    const data = bytes.buffer.slice(bytes.byteOffset + from, bytes.byteOffset + to) as ArrayBuffer;
    tensors.set(name, { shape, data: values(dtype, data) });
  }
  return tensors;
}

/** What is needed of a `Blob`. */
type Source = Pick<Blob, 'size' | 'slice'>;

const bytesAt = async (blob: Source, from: number, to: number): Promise<Uint8Array<ArrayBuffer>> =>
  new Uint8Array(await blob.slice(from, to).arrayBuffer());

/** Where the tensors of a file lie, all types: its header alone is read. Throws `model-damaged` as `readSafetensors`. */
export async function findTensors(blob: Source, file: string): Promise<TensorPlaces> {
  const length = headerLength(await bytesAt(blob, 0, 8), blob.size, file);
  return placesOf(await bytesAt(blob, 8, 8 + length), blob.size, file);
}

/** One tensor of a file, and nothing else of it, in memory. Its type `isReadable`. */
export async function readTensor(blob: Source, { dtype, shape, from, to }: TensorPlace): Promise<RawTensor> {
  return { shape, data: values(dtype, (await bytesAt(blob, from, to)).buffer) };
}

/**
 * A safetensors file of single-precision tensors in the map's order, piece by piece: the header, then each tensor's own
 * bytes, not copied. `metadata` goes into the header as text.
 */
export function safetensorsParts(
  tensors: ReadonlyMap<string, { shape: readonly number[]; data: Float32Array }>,
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array[] {
  const header: Record<string, unknown> = { __metadata__: { format: 'pt', ...metadata } };
  let offset = 0;
  for (const [name, { shape, data }] of tensors) {
    header[name] = { dtype: 'F32', shape, data_offsets: [offset, offset + data.byteLength] };
    offset += data.byteLength;
  }
  const text = new TextEncoder().encode(JSON.stringify(header));
  const padded = Math.ceil(text.length / 8) * 8;
  const head = new Uint8Array(8 + padded).fill(32, 8);
  new DataView(head.buffer).setBigUint64(0, BigInt(padded), true);
  head.set(text, 8);
  const data = [...tensors.values()].map(
    (one) => new Uint8Array(one.data.buffer, one.data.byteOffset, one.data.byteLength),
  );
  return [head, ...data];
}

/** The same as one piece. */
export function writeSafetensors(...args: Parameters<typeof safetensorsParts>): Uint8Array<ArrayBuffer> {
  const parts = safetensorsParts(...args);
  const out = new Uint8Array(parts.reduce((sum, { byteLength }) => sum + byteLength, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.byteLength;
  }
  return out;
}
