import { CONTENDERS, type ContenderId, type CountOptions } from './contenders.ts';
import { startMeter } from './meter.ts';
import type { ModelId } from './model-ids.ts';
import { nullGpu } from './null-device.ts';

/** What a child is told: its only argument beside the flag. */
export interface Order extends CountOptions {
  contender: ContenderId;
  models: readonly ModelId[];
}

/** `node bench/run.mjs --counts-child <order>`: prints a line of JSON for each model, as it is counted. */
export async function main([, order]: readonly string[]): Promise<void> {
  const { contender, models, ...o } = JSON.parse(order!) as Order;
  nullGpu();
  startMeter();
  const count = await CONTENDERS[contender].load();
  for (const model of models) process.stdout.write(`${JSON.stringify([model, await count(model, o)])}\n`);
}
