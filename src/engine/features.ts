import { batchesOf, byLength } from '../data/batches.ts';
import { breathe } from '../lib/breathe.ts';
import type { FeatureRows } from '../lib/nearest-mean.ts';
import type { Input } from '../nn/input.ts';
import type { Network } from '../nn/network.ts';
import type { ExampleSource } from '../tasks/engine.ts';

/** What the last stage of a network reads, flat, on the CPU: one row for each example. */
export async function penultimate(network: Network, input: Input): Promise<FeatureRows> {
  const values = network.until(network.architecture.stages.length - 1, input);
  const parts = await Promise.all(
    Object.values(values).map(async (tensor) => {
      const data = (await tensor.data()) as Float32Array;
      const rows = tensor.shape[0]!;
      tensor.dispose();
      return { data, rows, width: data.length / rows };
    }),
  );
  if (parts.length === 1) return parts[0]!;
  const width = parts.reduce((sum, part) => sum + part.width, 0);
  const rows = parts[0]?.rows ?? 0;
  const data = new Float32Array(rows * width);
  let from = 0;
  for (const part of parts) {
    for (let row = 0; row < rows; row++)
      data.set(part.data.subarray(row * part.width, (row + 1) * part.width), row * width + from);
    from += part.width;
  }
  return { width, data };
}

/** Features of many examples, in the order of `ids`. `network` is asked for each batch. */
export async function featuresOf(
  network: () => Network,
  source: ExampleSource,
  ids: readonly number[],
  batchSize: number,
  onDone: (done: number) => void,
): Promise<FeatureRows> {
  const places = new Map(ids.map((id, place) => [id, place]));
  let width = 0;
  let data = new Float32Array(0);
  let done = 0;
  for (const batch of batchesOf(byLength(ids, source.length), batchSize)) {
    const part = await penultimate(network(), { kind: 'arrays', batch: await source.inputs(batch) });
    if (done === 0) {
      width = part.width;
      data = new Float32Array(ids.length * width);
    }
    batch.forEach((id, i) => {
      data.set(part.data.subarray(i * width, (i + 1) * width), places.get(id)! * width);
    });
    done += batch.length;
    onDone(done);
    await breathe();
  }
  return { width, data };
}
