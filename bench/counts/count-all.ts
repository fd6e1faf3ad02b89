import type { Order } from './child.ts';
import { CONTENDER_IDS, CONTENDERS, type Contender } from './contenders.ts';
import { MODEL_IDS } from './model-ids.ts';
import { keepPeers, readPeers } from './peers.ts';
import { type Counted, runChildren } from './run-children.ts';

const inOrder = (counted: readonly Counted[]): Counted[] =>
  MODEL_IDS.flatMap((model) =>
    CONTENDER_IDS.flatMap((contender) => counted.filter((one) => one.model === model && one.contender === contender)),
  );

/** Runs the orders; says what WebGPU found wrong as it comes. */
export async function countOrders(orders: readonly Order[]): Promise<Counted[]> {
  const counted = await runChildren(orders, ({ contender, model, counts }) => {
    for (const error of counts.errors.slice(0, 1)) console.log(`${contender} of ${model}: ${error}`);
  });
  return inOrder(counted);
}

/** Everything; what is slow is taken from the file unless it is to be counted anew. */
export async function countAll(slowToo: boolean): Promise<Counted[]> {
  const orders = CONTENDER_IDS.map((contender): Order => {
    const { models, slow = [] }: Contender = CONTENDERS[contender];
    return { contender, models: slowToo ? models : models.filter((id) => !slow.includes(id)) };
  });
  const counted = await countOrders(orders);
  if (slowToo) keepPeers(counted);
  return inOrder(slowToo ? counted : [...counted, ...readPeers()]);
}
