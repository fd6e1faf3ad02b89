import { keepCeilings } from './ceiling.ts';
import type { Order } from './child.ts';
import { CONTENDER_IDS, CONTENDERS, isContenderId } from './contenders.ts';
import { isModelId, MODEL_IDS, type ModelId } from './model-ids.ts';
import { type Counted, runChildren } from './run-children.ts';
import type { StepCounts } from './step-counter.ts';
import { countsTable, tallyLines } from './table.ts';

const SHOWN = [
  'dispatches',
  'uploadBytes',
  'buffersCreated',
  'awaitedReads',
  'peakBytes',
  'jsMs',
] as const satisfies readonly (keyof StepCounts)[];

/** What is asked for: names of models and of contenders, in any order; `--tally=gpt-4l` names its model too. */
function asked(args: readonly string[]): { orders: Order[]; tallied: boolean } {
  const tally = args.find((arg) => /^--tally(=|$)/.test(arg));
  const names = [...args.filter((arg) => !arg.startsWith('--')), ...(tally?.split('=')[1]?.split(',') ?? [])];
  const unknown = names.filter((name) => !isModelId(name) && !isContenderId(name));
  if (unknown.length > 0)
    throw new Error(
      `There is nothing called "${unknown.join('", "')}"; there are the models ${MODEL_IDS.join(', ')}, of ${CONTENDER_IDS.join(', ')}.`,
    );
  const models = names.some(isModelId) ? MODEL_IDS.filter((id) => names.includes(id)) : MODEL_IDS;
  const all = names.length === 0 ? CONTENDER_IDS : (['ours'] as const);
  const contenders = names.some(isContenderId) ? CONTENDER_IDS.filter((id) => names.includes(id)) : all;
  const tallied = tally !== undefined;
  const orders = contenders.map((contender) => ({
    contender,
    models: models.filter((id) => (CONTENDERS[contender].models as readonly ModelId[]).includes(id)),
    tallied,
  }));
  return { orders: orders.filter((order) => order.models.length > 0), tallied };
}

const inOrder = (counted: readonly Counted[]): Counted[] =>
  MODEL_IDS.flatMap((model) =>
    CONTENDER_IDS.flatMap((contender) => counted.filter((one) => one.model === model && one.contender === contender)),
  );

/**
 * `npm run bench -- --counts` counts everything, `npm run bench -- --counts gpt-4l lora` what is named. The last line is one
 * JSON object of ours by model.
 */
export async function main(args: readonly string[]): Promise<void> {
  const { orders, tallied } = asked(args);
  const all = inOrder(
    await runChildren(orders, ({ contender, model, counts }) => {
      for (const error of counts.errors.slice(0, 1)) console.log(`${contender} of ${model}: ${error}`);
    }),
  );
  if (tallied)
    for (const { contender, model, counts } of all) console.log(`\n${model}, ${contender}:\n${tallyLines(counts)}`);
  console.log(`\n${countsTable(all)}\n`);
  if (args.includes('--keep')) keepCeilings(all);
  const shown = all
    .filter(({ contender }) => contender === 'ours')
    .map(({ model, counts }) => [model, Object.fromEntries(SHOWN.map((key) => [key, counts[key]]))]);
  console.log(JSON.stringify(Object.fromEntries(shown)));
}
