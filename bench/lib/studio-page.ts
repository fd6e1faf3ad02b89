import type { Page } from 'playwright';
import { openPage } from '../../e2e/support/browser.ts';
import type { Command, CommandKind, CommandOf, Replies, Response } from '../../src/protocol/messages.ts';
import type { RunSettings } from '../../src/protocol/run.ts';

/** What went between page and worker, by the page's clock in milliseconds. */
export interface Logged {
  at: number;
  sent?: Command['kind'];
  received?: Response;
  /** Kind of the command that a reply answers. */
  answers?: Command['kind'];
}

/** In the page, before its own scripts. */
interface Recorder {
  log: Logged[];
  droppedAt: number;
  /** Laid over the settings of every run that the page starts. */
  settings: Partial<RunSettings>;
  call(command: Command): Promise<unknown>;
}
declare global {
  interface Window {
    bench: Recorder;
  }
}

export interface StudioPage {
  page: Page;
  /** "Chromium 156.0.…" */
  browser: string;
  errors: string[];
  /** Loads the site anew and waits until it computes on WebAssembly; gives the number of threads. */
  load(): Promise<number>;
  /** Drops files or folders of the disk on the page, as the operating system would. */
  drop(paths: readonly string[]): Promise<void>;
  /** Asks the page's own worker, past the page. */
  call<K extends CommandKind>(command: CommandOf<K>): Promise<Replies[K]>;
  log(): Promise<Logged[]>;
  /** Seconds that the page and its workers have spent on processors, all threads together. */
  processorSeconds(): Promise<number>;
  close(): Promise<void>;
}

/** Writes down every message between page and worker, and makes WebAssembly the choice, as a person could. */
function record(lean: boolean): void {
  const log: Logged[] = [];
  const kinds = new Map<number, Command['kind']>();
  const own = new Map<number, { resolve(value: unknown): void; reject(reason: unknown): void }>();
  let worker: Worker | undefined;
  let next = 1e6;
  const Native = window.Worker;
  window.Worker = class extends Native {
    constructor(url: string | URL, options?: WorkerOptions) {
      super(url, options);
      worker = this;
      this.addEventListener('message', ({ data }: MessageEvent<Response>) => {
        const answers = data.kind === 'event' ? undefined : kinds.get(data.id);
        // what the page lets go of must not be kept alive here
        const kept =
          !lean || (data.kind === 'event' && ['backend', 'run-status', 'progress'].includes(data.event.kind));
        if (lean && log.length > 500) log.splice(100, 200);
        log.push({ at: performance.now(), ...(kept ? { received: data } : {}), ...(answers ? { answers } : {}) });
        if (data.kind === 'event') return;
        if (data.kind === 'reply') own.get(data.id)?.resolve(data.value);
        else own.get(data.id)?.reject(JSON.stringify(data.problem));
      });
    }
    override postMessage(message: { id: number; command: Command }): void {
      const { id, command } = message;
      kinds.set(id, command.kind);
      log.push({ at: performance.now(), sent: command.kind });
      if (command.kind === 'choose-backend') super.postMessage({ id, command: { ...command, choice: 'wasm' } });
      else if (command.kind === 'train')
        super.postMessage({ id, command: { ...command, settings: { ...command.settings, ...window.bench.settings } } });
      else super.postMessage(message);
    }
  };
  window.bench = {
    log,
    droppedAt: Number.NaN,
    settings: {},
    call(command) {
      const id = next++;
      worker!.postMessage({ id, command });
      return new Promise((resolve, reject) => own.set(id, { resolve, reject }));
    },
  };
  const dropped = () => {
    window.bench.droppedAt = performance.now();
  };
  addEventListener('drop', dropped, true);
}

const backendIn = (): number | undefined => {
  for (const { received } of window.bench.log)
    if (received?.kind === 'event' && received.event.kind === 'backend') return received.event.backend.threads;
  return undefined;
};

/** `lean` keeps no more of the messages than when they came, and what few of them said: where memory is measured. */
export async function openStudio(url: string, flags: readonly string[] = [], lean = false): Promise<StudioPage> {
  const { page, browser, errors, close } = await openPage({ flags, context: { locale: 'en-US' } });
  await page.addInitScript(record, lean);
  page.setDefaultTimeout(600_000);
  return {
    page,
    browser: `Chromium ${browser.version()}`,
    errors,
    async load() {
      await page.goto('about:blank');
      await page.goto(url);
      const threads = await page.waitForFunction(backendIn);
      return (await threads.jsonValue()) ?? 1;
    },
    async drop(paths) {
      const session = await page.context().newCDPSession(page);
      const data = { items: [], files: [...paths], dragOperationsMask: 1 };
      for (const type of ['dragEnter', 'dragOver', 'drop'] as const)
        await session.send('Input.dispatchDragEvent', { type, x: 640, y: 400, data });
      await session.detach();
    },
    call: (command) => page.evaluate((sent) => window.bench.call(sent), command) as never,
    log: () => page.evaluate(() => window.bench.log),
    async processorSeconds() {
      const session = await browser.newBrowserCDPSession();
      const { processInfo } = await session.send('SystemInfo.getProcessInfo');
      await session.detach();
      return processInfo.filter(({ type }) => type === 'renderer').reduce((sum, { cpuTime }) => sum + cpuTime, 0);
    },
    close,
  };
}

/** Clicks in the page as soon as there is something to click: a person's time is not measured. */
export const clickAtOnce = (page: Page, selector: string, words = ''): Promise<void> =>
  page.evaluate(
    async ([wanted, text]) => {
      for (;;) {
        const found = [...document.querySelectorAll<HTMLButtonElement>(wanted!)].find(
          (element) => !element.disabled && element.textContent.includes(text!),
        );
        if (found) return found.click();
        await new Promise(requestAnimationFrame);
      }
    },
    [selector, words],
  );
