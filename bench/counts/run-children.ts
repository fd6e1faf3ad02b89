import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { ROOT } from '../lib/root.ts';
import type { Order } from './child.ts';
import type { ContenderId } from './contenders.ts';
import type { ModelId } from './model-ids.ts';
import type { StepCounts } from './step-counter.ts';

export interface Counted {
  contender: ContenderId;
  model: ModelId;
  counts: StepCounts;
}

/** At a time: each has one thread, and what is timed is its own processor time. */
const AT_ONCE = 2;

async function runChild(order: Order, seen: (counted: Counted) => void): Promise<void> {
  const args = ['bench/run.mjs', '--counts-child', JSON.stringify(order)];
  const child = spawn(process.execPath, args, { cwd: ROOT, stdio: ['ignore', 'pipe', 'pipe'] });
  const words: string[] = [];
  child.stderr.on('data', (data) => words.push(String(data)));
  const ended = new Promise<number | null>((resolve) => child.on('close', resolve));
  for await (const line of createInterface({ input: child.stdout })) {
    const [model, counts] = JSON.parse(line) as [ModelId, StepCounts];
    seen({ contender: order.contender, model, counts });
  }
  const code = await ended;
  if (code !== 0) throw new Error(`${order.contender} ended with ${code}:\n${words.join('').slice(-2000)}`);
}

/** Each order in a process of its own; gives what they counted, in no order, and `seen` as it comes. */
export async function runChildren(orders: readonly Order[], seen: (counted: Counted) => void): Promise<Counted[]> {
  const all: Counted[] = [];
  const waiting = [...orders];
  const worker = async () => {
    for (let order = waiting.shift(); order; order = waiting.shift())
      await runChild(order, (counted) => {
        all.push(counted);
        seen(counted);
      });
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  return all;
}
