import type { Page } from 'playwright';
import type { CommandKind, Replies, Request, Response } from '../../src/protocol/messages.ts';

/** The last reply to each kind of command, as `listen` keeps them on the page. */
type Heard = { heard: Partial<Record<CommandKind, unknown>> };

/** Keeps what the engine answers, for numbers that the page rounds. Call it before the page is opened. */
export const listen = (page: Page): Promise<unknown> =>
  page.addInitScript(() => {
    const heard: Heard['heard'] = {};
    Object.assign(window, { heard } satisfies Heard);
    const asked = new Map<number, CommandKind>();
    window.Worker = class extends Worker {
      constructor(...args: ConstructorParameters<typeof Worker>) {
        super(...args);
        this.addEventListener('message', ({ data }: MessageEvent<Response>) => {
          if (data.kind !== 'reply') return;
          const kind = asked.get(data.id);
          if (kind) heard[kind] = data.value;
        });
      }
      override postMessage(message: Request): void {
        asked.set(message.id, message.command.kind);
        super.postMessage(message);
      }
    };
  });

export interface Named {
  tuned: { label: string; probability: number }[];
  pretrained: { label: string; probability: number }[];
  logits: number[];
}

/** The engine's last answer to such a command, once there is one. */
export async function heard<K extends CommandKind>(page: Page, kind: K): Promise<Replies[K]> {
  const answer = await page.waitForFunction((kind) => (window as unknown as Heard).heard[kind], kind);
  return (await answer.jsonValue()) as Replies[K];
}

/** The engine's last answer about one picture, unrounded. */
export async function named(page: Page): Promise<Named> {
  const { tuned, pretrained, logits } = await heard(page, 'predict');
  return { tuned: [...tuned], pretrained: [...pretrained], logits: Object.values(logits) };
}

/** Runs `code` in the engine's worker before anything else there does: a machine that is not at hand. */
export const inWorker = (page: Page, code: string): Promise<unknown> =>
  page.route(/\/assets\/main-[^/]+\.js$/, async (route) => {
    const response = await route.fetch();
    await route.fulfill({ response, body: `${code};\n${await response.text()}` });
  });
