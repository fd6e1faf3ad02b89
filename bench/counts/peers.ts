import { readFileSync, writeFileSync } from 'node:fs';
import { ROOT } from '../lib/root.ts';
import { CONTENDER_IDS, CONTENDERS, type Contender } from './contenders.ts';
import type { Counted } from './run-children.ts';

const FILE = `${ROOT}bench/counts/peers.json`;

/** What is slow to count and never changes, as it was counted once: `npm run bench -- --counts --slow` counts it anew. */
export const readPeers = (): Counted[] => JSON.parse(readFileSync(FILE, 'utf8')) as Counted[];

export const keepPeers = (counted: readonly Counted[]): void => {
  const slow = CONTENDER_IDS.flatMap((id) => {
    const { slow: models = [] }: Contender = CONTENDERS[id];
    return counted.filter(({ contender, model }) => contender === id && models.includes(model));
  });
  writeFileSync(FILE, `${JSON.stringify(slow, null, 2)}\n`);
};
