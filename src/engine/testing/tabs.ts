/** Shared by the browser tests of what survives a reload. */
import { createClient, type StudioClient } from '../../client/client.ts';
import type { WorkerEvent } from '../../protocol/messages.ts';
import type { KeepState } from '../../protocol/project.ts';

/** The engine in a worker of its own, as a tab has it; `kill` is a tab that is closed. */
export interface Tab extends StudioClient {
  events: WorkerEvent[];
  until(wanted: (event: WorkerEvent) => boolean): Promise<void>;
  kill(): void;
}

const tabs: Tab[] = [];

export async function openTab(): Promise<Tab> {
  let worker: Worker | undefined;
  const client = createClient(() => {
    worker = new Worker(new URL('../../worker/main.ts', import.meta.url), { type: 'module' });
    return worker;
  });
  const events: WorkerEvent[] = [];
  let look = () => {};
  client.onEvent((event) => {
    events.push(event);
    look();
  });
  const tab: Tab = {
    ...client,
    events,
    until: (wanted) =>
      new Promise((resolve) => {
        look = () => {
          if (events.some(wanted)) resolve();
        };
        look();
      }),
    kill: () => worker?.terminate(),
  };
  tabs.push(tab);
  await tab.call({ kind: 'choose-backend', choice: 'wasm' });
  return tab;
}

export const isKept = (event: WorkerEvent): boolean => event.kind === 'keeping' && event.keep.state === 'kept';
export const keepOf = (tab: Tab): KeepState | undefined =>
  tab.events.flatMap((event) => (event.kind === 'keeping' ? [event.keep] : [])).at(-1);

/** Ends every tab that was opened. */
export function killAll(): void {
  for (const tab of tabs.splice(0)) tab.kill();
}

/** Deletes what other tests kept. */
export async function deleteAll(): Promise<void> {
  const tab = await openTab();
  for (const { id } of await tab.call({ kind: 'projects' })) await tab.call({ kind: 'delete-project', project: id });
  killAll();
}
