import { countAll } from './counts/count-all.ts';
import { reached } from './counts/reach.ts';
import { countsTable, writeTable } from './counts/table.ts';
import type { Bench } from './lib/figure.ts';

/** What a training step asks of a GPU, ours and others', on a device that computes nothing. */
export const counts: Bench = {
  name: 'counts',
  async measure() {
    const counted = await countAll(false);
    console.log(countsTable(counted));
    writeTable(counted);
    return reached(counted);
  },
};
