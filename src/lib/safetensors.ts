import { ProblemError } from '../protocol/problems.ts';
import { halvesToFloats } from './half.ts';

/** A tensor as a file holds it: row-major, in the layout of the file. */
export interface RawTensor {
  shape: readonly number[];
  data: Float32Array | Int32Array | Uint8Array;
}
export type TensorFile = ReadonlyMap<string, RawTensor>;

interface HeaderEntry {
  dtype: string;
  shape: number[];
  data_offsets: [number, number];
}

const BYTES: Record<string, number> = { F32: 4, F16: 2, BF16: 2, I32: 4, U8: 1 };

function values(dtype: string, bytes: ArrayBuffer): RawTensor['data'] {
  switch (dtype) {
    case 'F16':
      return halvesToFloats(new Uint16Array(bytes));
    case 'BF16':
      return new Float32Array(Uint32Array.from(new Uint16Array(bytes), (high) => high << 16).buffer);
    case 'I32':
      return new Int32Array(bytes);
    case 'U8':
      return new Uint8Array(bytes);
    default:
      return new Float32Array(bytes);
  }
}

const isSize = (value: unknown): boolean => Number.isInteger(value) && Number(value) >= 0;

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

/**
 * Reads a safetensors file; half precision becomes single. A file cut short, or a header that lies about sizes, is a
 * `model-damaged` problem that names `file`. Tensors of other types (I64 counters) are left out.
 */
export function readSafetensors(bytes: Uint8Array, file: string): TensorFile {
  const damaged = (reason: string) => new ProblemError('model-damaged', { file, reason });
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.byteLength < 8) throw damaged('header');
  const length = Number(view.getBigUint64(0, true));
  if (length > bytes.byteLength - 8) throw damaged('header');
  let header: Record<string, HeaderEntry>;
  try {
    header = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes.subarray(8, 8 + length)));
  } catch {
    throw damaged('header');
  }
  if (typeof header !== 'object' || header === null || Array.isArray(header)) throw damaged('header');
  const tensors = new Map<string, RawTensor>();
  for (const [name, entry] of Object.entries(header)) {
    if (name === '__metadata__') continue;
    if (!isEntry(entry)) throw damaged(name);
    const size = BYTES[entry.dtype];
    if (size === undefined) continue;
    const [from, to] = entry.data_offsets;
    const count = entry.shape.reduce((n, d) => n * d, 1);
    if (to - from !== count * size) throw damaged(name);
    if (8 + length + to > bytes.byteLength) throw damaged(name);
    const start = bytes.byteOffset + 8 + length + from;
    tensors.set(name, {
      shape: entry.shape,
      data: values(entry.dtype, bytes.buffer.slice(start, start + to - from) as ArrayBuffer),
    });
  }
  return tensors;
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
