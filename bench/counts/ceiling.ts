import { readFileSync, writeFileSync } from 'node:fs';
import { ROOT } from '../lib/root.ts';
import { OURS } from './contenders.ts';
import { MODEL_IDS, type ModelId } from './model-ids.ts';
import type { Counted } from './run-children.ts';
import type { StepCounts } from './step-counter.ts';

/** What may not grow: every count, and none of the times. */
export const HELD_DOWN = [
  'dispatches',
  'passes',
  'submits',
  'copies',
  'buffersCreated',
  'bindGroups',
  'pipelines',
  'uploadBytes',
  'batchBytes',
  'uniformBytes',
  'reads',
  'awaitedReads',
  'liveBytes',
  'leakedBytes',
  'peakBytes',
  'allocatedBytes',
] as const satisfies readonly (keyof StepCounts)[];

export type OurId = (typeof OURS)[number];
type Ceiling = Readonly<Record<(typeof HELD_DOWN)[number], number>>;
export type Ceilings = Readonly<Record<ModelId, Readonly<Record<OurId, Ceiling>>>>;

const FILE = `${ROOT}bench/counts/ceiling.json`;

export const readCeilings = (): Ceilings => JSON.parse(readFileSync(FILE, 'utf8')) as Ceilings;

/** What is over its ceiling, in words. */
export const above = (counts: StepCounts, ceiling: Ceiling): string[] =>
  HELD_DOWN.filter((key) => !(counts[key] <= ceiling[key])).map((key) => `${key}: ${counts[key]}, was ${ceiling[key]}`);

/** Makes what was counted the ceilings; what was not counted keeps its own. */
export function keepCeilings(counted: readonly Counted[]): void {
  const known = readCeilings();
  const of = (model: ModelId, contender: OurId): Ceiling => {
    const found = counted.find((one) => one.model === model && one.contender === contender);
    if (!found) return known[model]?.[contender];
    return Object.fromEntries(HELD_DOWN.map((key) => [key, found.counts[key]])) as Ceiling;
  };
  const next = Object.fromEntries(
    MODEL_IDS.map((model) => [model, Object.fromEntries(OURS.map((contender) => [contender, of(model, contender)]))]),
  );
  writeFileSync(FILE, `${JSON.stringify(next, null, 2)}\n`);
}
