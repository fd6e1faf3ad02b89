import * as tf from '@tensorflow/tfjs-core';
import { packHalves, unpackHalves, wordsOfHalves } from '../lib/half.ts';
import type { RowFile } from '../lib/row-file.ts';
import { packed, takePacked } from './halves.ts';
import type { ArrayInput, FeatureCache } from './input.ts';
import type { Network } from './network.ts';
import { liveAt, sizeOf } from './profile.ts';
import { ownPlaces, RowIndex } from './row-index.ts';

export interface CacheRequest {
  boundary: number;
  /** In the order of the rows. */
  inputs: AsyncIterable<ArrayInput>;
  /** Where it goes, decided beforehand from `cacheBytes`. */
  place: 'device' | 'disk';
  /** Keep values in half precision: half of the bytes, each rounded to 11 bits. */
  half?: boolean | undefined;
  /** To what rows are padded of which the longest is so long; for inputs whose rows differ in length. */
  padded?: ((longest: number) => number) | undefined;
  /** Makes the file that a value's rows go to; needed for `disk`. */
  openFile(value: string): Promise<RowFile>;
}

/**
 * Runs the prefix once over all inputs and keeps what later stages read. Of texts, which are padded to the longest of
 * their batch, it keeps each row's own tokens, and pads them anew, with zeros, for the batch that asks.
 */
export async function cacheFeatures(network: Network, request: CacheRequest): Promise<FeatureCache> {
  return request.place === 'device' ? onDevice(network, request) : onDisk(network, request);
}

/** Values with a row for each token of an example, [B, T, ...]. */
function perToken({ architecture, profile }: Network, boundary: number): ReadonlySet<string> {
  const outputs = Object.assign({}, architecture.inputs, ...profile.stages.slice(0, boundary).map((s) => s.output));
  return new Set(liveAt(architecture, boundary).filter((name) => outputs[name]?.shape[1] === 'T'));
}

/** The lengths of an input's rows; none where nothing is kept by token. */
function lengthsOf({ lengths }: ArrayInput, ragged: ReadonlySet<string>): readonly number[] {
  if (ragged.size === 0) return [];
  if (!lengths) throw new Error(`the lengths of rows are wanted, to keep ${[...ragged].join(', ')}`);
  return lengths;
}

/** A value's rows on the device, packed where they are halves. */
interface HeldValue {
  rows: tf.Tensor;
  /** Of one entry: an example, or a token of it. */
  shape: number[];
  half: boolean;
}

async function onDevice(network: Network, { boundary, inputs, padded, half }: CacheRequest): Promise<FeatureCache> {
  const ragged = perToken(network, boundary);
  const index = new RowIndex();
  const parts: Record<string, tf.Tensor[]> = {};
  const forms: Record<string, Pick<HeldValue, 'shape' | 'half'>> = {};
  try {
    for await (const input of inputs) {
      const lengths = lengthsOf(input, ragged);
      for (const [name, tensor] of Object.entries(network.until(boundary, input))) {
        const own = ragged.has(name) ? trimmed(tensor, lengths) : tensor;
        parts[name] ??= [];
        forms[name] ??= { shape: own.shape.slice(1), half: Boolean(half) && own.dtype === 'float32' };
        parts[name].push(forms[name].half ? await packed(own) : own);
      }
      index.add(lengths);
    }
  } catch (error) {
    tf.dispose(Object.values(parts).flat());
    throw error;
  }
  const whole: Record<string, HeldValue> = {};
  for (const [name, tensors] of Object.entries(parts)) {
    // the last entry fills what is padded
    if (ragged.has(name)) tensors.push(tf.zeros([1, ...tensors[0]!.shape.slice(1)], tensors[0]!.dtype));
    whole[name] = { rows: tensors.length === 1 ? tensors[0]! : tf.concat(tensors, 0), ...forms[name]! };
    if (tensors.length > 1) tf.dispose(tensors);
  }
  const bytes = Object.entries(whole).reduce(
    (
      sum,
      [
        name,
        {
          rows: { size, shape },
        },
      ],
    ) => sum + 4 * (ragged.has(name) ? size - size / shape[0]! : size),
    0,
  );
  return {
    boundary,
    bytes,
    place: 'device',
    rows: (rows) =>
      tf.tidy(() => {
        const ids = tf.tensor1d(rows, 'int32');
        const width = widthOf(index, rows, padded);
        const places = ragged.size > 0 ? tf.tensor1d(index.padded(rows, width, index.entries), 'int32') : ids;
        const take = (name: string, held: HeldValue) =>
          ragged.has(name)
            ? tf.reshape(taken(held, places), [rows.length, width, ...held.shape])
            : tf.reshape(taken(held, ids), [rows.length, ...held.shape]);
        return Object.fromEntries(Object.entries(whole).map(([name, held]) => [name, take(name, held)]));
      }),
    dispose: () => tf.dispose(Object.values(whole).map(({ rows }) => rows)),
  };
}

const taken = ({ rows, shape, half }: HeldValue, places: tf.Tensor1D): tf.Tensor =>
  half ? takePacked(rows as tf.Tensor2D, places, sizeOf(shape)) : tf.gather(rows, places);

/** [B, T, ...] -> [tokens, ...], without padding; disposes of what it was given. */
function trimmed(x: tf.Tensor, lengths: readonly number[]): tf.Tensor {
  const [rows, width, ...rest] = x.shape as [number, number, ...number[]];
  const own = tf.tidy(() =>
    tf.gather(tf.reshape(x, [rows * width, ...rest]), tf.tensor1d(ownPlaces(lengths, width), 'int32')),
  );
  x.dispose();
  return own;
}

const widthOf = (index: RowIndex, rows: Int32Array, padded: CacheRequest['padded']): number => {
  const longest = index.longest(rows);
  return padded?.(longest) ?? longest;
};

/** A value's rows in a file. */
interface FiledValue {
  file: RowFile;
  /** Of one entry: an example, or a token of it. */
  shape: number[];
  dtype: tf.DataType;
  /** Two values in a word. */
  half: boolean;
}

/** Words of an entry. */
const strideOf = ({ shape, half }: FiledValue): number => (half ? wordsOfHalves(sizeOf(shape)) : sizeOf(shape));

async function onDisk(
  network: Network,
  { boundary, inputs, padded, half, openFile }: CacheRequest,
): Promise<FeatureCache> {
  const ragged = perToken(network, boundary);
  const index = new RowIndex();
  const files = new Map<string, FiledValue>();
  let done = 0;
  let bytes = 0;
  const close = () => {
    for (const { file } of files.values()) file.close();
  };
  try {
    for await (const input of inputs) {
      const lengths = lengthsOf(input, ragged);
      let rows = 0;
      for (const [name, tensor] of Object.entries(network.until(boundary, input))) {
        rows = tensor.shape[0]!;
        const kept = ragged.has(name) ? trimmed(tensor, lengths) : tensor;
        const { dtype } = kept;
        const shape = kept.shape.slice(1);
        if (!files.has(name))
          files.set(name, { file: await openFile(name), shape, dtype, half: Boolean(half) && dtype === 'float32' });
        const filed = files.get(name)!;
        const data = (await kept.data()) as Float32Array;
        const words = filed.half ? packHalves(data, sizeOf(shape)) : data;
        filed.file.write((ragged.has(name) ? index.entries : done) * strideOf(filed), words);
        bytes += words.byteLength;
        kept.dispose();
      }
      index.add(lengths);
      done += rows;
    }
  } catch (error) {
    close();
    throw error;
  }
  const single = { start: (row: number) => row, length: () => 1 };
  return {
    boundary,
    bytes,
    place: 'disk',
    rows: (rows) =>
      Object.fromEntries(
        [...files].map(([name, filed]) => [
          name,
          ragged.has(name)
            ? readRows(filed, rows, index, [widthOf(index, rows, padded)])
            : readRows(filed, rows, single, []),
        ]),
      ),
    dispose: close,
  };
}

/** The rows, padded with zeros where `width` is given -> [rows, ...width, ...]. */
function readRows(
  filed: FiledValue,
  rows: Int32Array,
  at: Pick<RowIndex, 'start' | 'length'>,
  width: readonly number[],
): tf.Tensor {
  const { file, shape, dtype } = filed;
  const [each, stride] = [sizeOf(shape), strideOf(filed)];
  const room = sizeOf(width) * each;
  const size = rows.length * room;
  const data = dtype === 'int32' ? new Int32Array(size) : new Float32Array(size);
  rows.forEach((row, i) => {
    const own = data.subarray(i * room, i * room + at.length(row) * each);
    const words = filed.half ? new Int32Array(at.length(row) * stride) : own;
    file.read(at.start(row) * stride, words);
    if (filed.half) unpackHalves(words as Int32Array, each, own as Float32Array);
  });
  return tf.tensor(data, [rows.length, ...width, ...shape], dtype);
}
