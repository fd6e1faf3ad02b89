import { readAhead } from '../lib/read-ahead.ts';
import { openRowFile } from '../lib/row-file.ts';
import type { Occasion } from '../nn/augment/mix.ts';
import { cacheFeatures } from '../nn/feature-cache.ts';
import type { ArrayInput, FeatureCache } from '../nn/input.ts';
import type { Network } from '../nn/network.ts';
import { augments, cachedViews } from '../protocol/augmentation.ts';
import type { BackendInfo } from '../protocol/backend.ts';
import type { RunSettings } from '../protocol/run.ts';
import type { ExampleSource } from '../tasks/engine.ts';
import { arrayInput, inputBatches } from './examples.ts';
import { atLength } from './lengths.ts';
import { placeOf } from './place.ts';
import { cacheBytesPerExample, type Plan } from './plan.ts';
import { cachedRows, occasionsOf, PREFIX_BATCH, rowOrder, type ViewSettings } from './views.ts';

/**
 * Runs the frozen prefix over the examples once, and over the training examples once for each augmented view. Undefined where there is nothing to cache: every weight that the first stage
 * reads trains, or an example is not one row. A disk that is full gives undefined too, and the prefix is then recomputed each step.
 */
export async function cachePrefix(
  o: PrefixExamples & {
    network: Network;
    plan: Plan;
    backend: BackendInfo;
    onProgress(done: number, total: number): void | Promise<void>;
  },
): Promise<FeatureCache | undefined> {
  const { plan } = o;
  const half = o.settings.halfPrecisionCache;
  if (plan.boundary === 0 || o.source.rows === false) return undefined;
  const rows = cachedRows(o.settings, { train: o.ids.train.length, validation: o.ids.validation.length });
  const place = placeOf(cacheBytesPerExample(asLong(plan, o.source, o.ids.train), half) * rows, o.backend);
  try {
    return await cacheFeatures(o.network, {
      boundary: plan.boundary,
      inputs: prefixInputs(o, (done) => o.onProgress(done, rows)),
      place,
      half,
      padded: o.source.ragged?.padded,
      openFile: (value) => openRowFile(`${crypto.randomUUID()}-${value}`),
    });
  } catch (error) {
    if (error instanceof DOMException && error.name === 'QuotaExceededError') return undefined;
    throw error;
  }
}

/** The plan for examples of the mean length of these. */
export function asLong(plan: Plan, { length }: ExampleSource, ids: readonly number[]): Plan {
  if (!length) return plan;
  const mean = ids.reduce((sum, id) => sum + length(id), 0) / ids.length;
  return atLength(plan, Math.ceil(mean));
}

export interface PrefixExamples {
  source: ExampleSource;
  ids: { train: readonly number[]; validation: readonly number[] };
  settings: ViewSettings & Partial<Pick<RunSettings, 'halfPrecisionCache'>>;
}

/** What goes through the prefix, in the order of the cache's rows. */
export async function* prefixInputs(
  { source, ids, settings }: PrefixExamples,
  onDone: (done: number) => void | Promise<void>,
): AsyncGenerator<ArrayInput> {
  const { augmentation } = settings;
  const validation = rowOrder(source, ids.validation);
  if (!augments(augmentation)) {
    yield* inputBatches(source, [...rowOrder(source, ids.train), ...validation], PREFIX_BATCH, onDone);
    return;
  }
  const read = async (occasion: Occasion) => {
    const { augment, inputs } = source.augmented(augmentation, occasion);
    const batch = await (inputs?.() ?? source.inputs(occasion.ids));
    return { input: arrayInput(source, occasion.ids, batch, augment), count: occasion.ids.length };
  };
  let done = 0;
  for (let view = 0; view < cachedViews(settings); view++)
    for await (const { input, count } of readAhead(occasionsOf(source, ids.train, settings, view), read)) {
      yield input;
      done += count;
      await onDone(done);
    }
  const before = done;
  yield* inputBatches(source, validation, PREFIX_BATCH, (some) => onDone(before + some));
}
