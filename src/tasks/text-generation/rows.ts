import type { Tokenizer } from '../../lib/tokenizer.ts';
import type { Batch } from '../../nn/batch.ts';
import type { Targets } from '../../nn/classification.ts';
import { paddedLength, padRows } from '../text-batches.ts';
import { type Encoded, endToken } from './encode.ts';

const widthOf = (rows: readonly Encoded[], most: number): number =>
  paddedLength(Math.max(...rows.map(({ ids }) => ids.length - 1)), most);

/** `ids` int32 [B, T]: what is read. */
export function inputs(rows: readonly Encoded[], tokenizer: Tokenizer, most: number): Batch {
  const read = rows.map(({ ids }) => ids.slice(0, -1));
  return { ids: padRows(read, endToken(tokenizer), widthOf(rows, most)) };
}

/** `next` int32 and `weights` float32 [B, T], their sum `total`, and `smoothing` where there is some. */
export function targets(rows: readonly Encoded[], most: number, smoothing: number): Targets {
  const width = widthOf(rows, most);
  const next = padRows(
    rows.map(({ ids }) => ids.slice(1)),
    0,
    width,
  );
  const weights = Float32Array.from(
    padRows(
      rows.map(({ learned }) => learned.slice(1)),
      0,
      width,
    ).data,
  );
  const count = weights.reduce((a, b) => a + b, 0);
  return {
    batch: {
      next,
      weights: { data: weights, shape: next.shape, dtype: 'float32' },
      // a batch whose answers were all cut away teaches nothing: its loss is 0 / 1
      total: scalar(Math.max(1, count)),
      ...(smoothing > 0 ? { smoothing: scalar(smoothing) } : {}),
    },
    count,
  };
}

const scalar = (value: number): Batch[string] => ({ data: Float32Array.of(value), shape: [], dtype: 'float32' });
