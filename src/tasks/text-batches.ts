import type { Batch } from '../nn/batch.ts';

/** Padded lengths are multiples of this: so there are few different shapes, and the device's buffers find a use again. */
const STEP = 8;

/** The length to which a batch's rows are padded. */
export const paddedLength = (longest: number, most: number): number =>
  Math.min(Math.max(STEP, Math.ceil(longest / STEP) * STEP), Math.max(longest, most));

/** The length of each row of a mask [B, T]: what `maskOf` was given. */
export function lengthsOf({ data, shape }: Batch[string]): number[] {
  const [rows, width] = shape as [number, number];
  const lengths = new Array<number>(rows).fill(0);
  for (let i = 0; i < data.length; i++) lengths[Math.floor(i / width)]! += data[i]!;
  return lengths;
}

/** Rows of one batch, padded on the right with `pad` -> int32 [B, T], T at least `width`. */
export function padRows(rows: readonly ArrayLike<number>[], pad: number, width: number): Batch[string] {
  const data = new Int32Array(rows.length * width).fill(pad);
  rows.forEach((row, i) => {
    data.set(row, i * width);
  });
  return { data, shape: [rows.length, width], dtype: 'int32' };
}

/** 1 where a row has a token -> int32 [B, T]. */
export function maskOf(lengths: readonly number[], width: number): Batch[string] {
  const data = new Int32Array(lengths.length * width);
  lengths.forEach((length, i) => {
    data.fill(1, i * width, i * width + length);
  });
  return { data, shape: [lengths.length, width], dtype: 'int32' };
}
