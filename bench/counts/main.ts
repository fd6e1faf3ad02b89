import { passes, targetWords, withSpread } from '../lib/figure.ts';
import { circumstances, readResults, writeResults } from '../lib/results.ts';
import { keepCeilings } from './ceiling.ts';
import type { Order } from './child.ts';
import { CONTENDER_IDS, CONTENDERS, type Contender, isContenderId } from './contenders.ts';
import { countAll, countOrders } from './count-all.ts';
import { isModelId, MODEL_IDS } from './model-ids.ts';
import { reached } from './reach.ts';
import type { Counted } from './run-children.ts';
import type { StepCounts } from './step-counter.ts';
import { countsTable, tallyLines, writeTable } from './table.ts';

const SHOWN = [
  'dispatches',
  'uploadBytes',
  'buffersCreated',
  'awaitedReads',
  'peakBytes',
  'jsMs',
] as const satisfies readonly (keyof StepCounts)[];

/** Models and contenders by name, in any order: all models where none is named, ours where no contender is. */
function ordersOf(names: readonly string[], tallied: boolean): Order[] {
  const unknown = names.filter((name) => !isModelId(name) && !isContenderId(name));
  if (unknown.length > 0)
    throw new Error(
      `There is no "${unknown.join('", "')}"; there are the models ${MODEL_IDS.join(', ')}, of ${CONTENDER_IDS.join(', ')}.`,
    );
  const chosen = names.some(isModelId) ? MODEL_IDS.filter((id) => names.includes(id)) : MODEL_IDS;
  const contenders = names.some(isContenderId) ? CONTENDER_IDS.filter((id) => names.includes(id)) : ['ours' as const];
  const orders = contenders.map((contender): Order => {
    const { models }: Contender = CONTENDERS[contender];
    return { contender, models: chosen.filter((id) => models.includes(id)), tallied };
  });
  return orders.filter(({ models }) => models.length > 0);
}

async function everything(slowToo: boolean): Promise<Counted[]> {
  const around = circumstances();
  const counted = await countAll(slowToo);
  const figures = reached(counted);
  writeTable(counted);
  writeResults({ ...readResults(), counts: { ...around, figures } });
  for (const figure of figures) {
    const found = withSpread(figure.samples, figure.unit);
    console.log(`${passes(figure) ? 'pass' : 'MISS'}  ${figure.what}: ${found}, ${targetWords(figure)}`);
  }
  return counted;
}

/**
 * `npm run bench -- --counts` counts everything and writes it down; `npm run bench -- --counts gpt-4l lora` what is named.
 * `--tally` or `--tally=gpt-4l` lists dispatches by name, `--keep` makes ours the ceilings that a test holds, `--slow` counts
 * what else is taken from `peers.json`. The last line is one JSON object of ours by model.
 */
export async function main(args: readonly string[]): Promise<void> {
  const tally = args.find((arg) => /^--tally(=|$)/.test(arg));
  const names = [...args.filter((arg) => !arg.startsWith('--')), ...(tally?.split('=')[1]?.split(',') ?? [])];
  const all =
    names.length === 0 && tally === undefined
      ? await everything(args.includes('--slow'))
      : await countOrders(ordersOf(names, tally !== undefined));
  if (tally !== undefined)
    for (const { contender, model, counts } of all) console.log(`\n${model}, ${contender}:\n${tallyLines(counts)}`);
  console.log(`\n${countsTable(all)}\n`);
  if (args.includes('--keep')) keepCeilings(all);
  const shown = all
    .filter(({ contender }) => contender === 'ours')
    .map(({ model, counts }) => [model, Object.fromEntries(SHOWN.map((key) => [key, counts[key]]))]);
  console.log(JSON.stringify(Object.fromEntries(shown)));
}
