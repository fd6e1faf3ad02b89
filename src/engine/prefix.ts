import { openRowFile } from '../lib/row-file.ts';
import { cacheFeatures } from '../nn/feature-cache.ts';
import type { FeatureCache } from '../nn/input.ts';
import type { Network } from '../nn/network.ts';
import type { BackendInfo } from '../protocol/backend.ts';
import type { ExampleSource } from '../tasks/engine.ts';
import { inputBatches } from './examples.ts';
import { cacheBytesPerExample, type Plan } from './plan.ts';

/** Bytes of a cache that may stay on the device; a larger one goes to the disk. */
const DEVICE_BUDGET = 512 * 2 ** 20;
/** Pictures that go through the prefix together: enough to fill the device, few enough for the memory of early stages. */
const BATCH = 16;

export const placeOf = (bytes: number, backend: BackendInfo): 'device' | 'disk' =>
  bytes <= (backend.name === 'webgpu' ? Math.min(DEVICE_BUDGET, backend.maxBufferBytes) : DEVICE_BUDGET)
    ? 'device'
    : 'disk';

/**
 * Runs the frozen prefix over `ids` once. Undefined where there is nothing to cache: every weight that the first stage
 * reads trains. A disk that is full gives undefined too, and the prefix is then recomputed each step.
 */
export async function cachePrefix(o: {
  network: Network;
  plan: Plan;
  source: ExampleSource;
  ids: readonly number[];
  backend: BackendInfo;
  onProgress(done: number, total: number): void | Promise<void>;
}): Promise<FeatureCache | undefined> {
  const { plan, ids } = o;
  if (plan.boundary === 0) return undefined;
  const place = placeOf(cacheBytesPerExample(plan) * ids.length, o.backend);
  try {
    return await cacheFeatures(o.network, {
      boundary: plan.boundary,
      batches: inputBatches(o.source, ids, BATCH, (done) => o.onProgress(done, ids.length)),
      place,
      openFile: (value) => openRowFile(`${crypto.randomUUID()}-${value}`),
    });
  } catch (error) {
    if (error instanceof DOMException && error.name === 'QuotaExceededError') return undefined;
    throw error;
  }
}
