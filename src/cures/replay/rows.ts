import type { ArrayValue, Batch } from '../../nn/batch.ts';
import type { OldExamples } from '../engine.ts';

/** Examples as rows on the CPU, of which batches are made at once. */
export interface Rows {
  inputs(places: ArrayLike<number>): Batch;
  targets(places: ArrayLike<number>): Batch;
}

export async function rowsOf(examples: OldExamples): Promise<Rows> {
  const all = Array.from({ length: examples.count }, (_, place) => place);
  const [inputs, targets] = [await examples.input(all), examples.targets(all)];
  // what a loss is divided by is no row: it is the sum over the examples
  const totals = all.map((place) => examples.targets([place]).total!.data[0]!);
  return {
    inputs: (places) => taken(inputs, places),
    targets: (places) => ({
      ...taken(targets, places),
      total: {
        data: Float32Array.of(Array.from(places, (place) => totals[place]!).reduce((a, b) => a + b, 0)),
        shape: [],
        dtype: 'float32',
      },
    }),
  };
}

const taken = (batch: Batch, places: ArrayLike<number>): Batch =>
  Object.fromEntries(Object.entries(batch).map(([name, value]) => [name, rowsAt(value, places)]));

/** Rows of axis 0; a scalar stays what it is. */
function rowsAt({ data, shape, dtype }: ArrayValue, places: ArrayLike<number>): ArrayValue {
  if (shape.length === 0) return { data, shape, dtype };
  const width = data.length / shape[0]!;
  const rows =
    data instanceof Int32Array ? new Int32Array(places.length * width) : new Float32Array(places.length * width);
  for (let i = 0; i < places.length; i++)
    rows.set(data.subarray(places[i]! * width, (places[i]! + 1) * width), i * width);
  return { data: rows, shape: [places.length, ...shape.slice(1)], dtype };
}
