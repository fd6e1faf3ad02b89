import type { BrowserContext } from 'playwright';
import { uniform } from '../../src/lib/random.ts';

/** Delays in ms, each drawn anew up to the greatest: what a machine that does other things too does to a page. */
const GREATEST = { chunk: 1500, frame: 300, render: 100, message: 250 } as const;

/** From `SLOW`, the seed of the delays; without it the page is as quick as it is. */
export const slowSeed = Number(process.env.SLOW ?? 0);

/**
 * Makes every page of a context late in all that may come late: its chunks, its frames and observers, what React puts
 * off, what its workers tell. What a walk reads before it is there then fails often, and not once in a month; another seed may find what this
 * one did not.
 */
export async function slowDown(context: BrowserContext, seed: number): Promise<void> {
  const next = uniform(seed);
  await context.route(/\/assets\/[^/]+\.(js|css)$/, async (route) => {
    await new Promise((resolve) => setTimeout(resolve, next() * GREATEST.chunk));
    await route.fallback();
  });
  await context.addInitScript(delayPage, { seed, ...GREATEST });
}

/** Runs in the page, before anything of its own. What came in order still does. */
function delayPage({ seed, frame, render, message }: Record<'seed' | 'frame' | 'render' | 'message', number>): void {
  let state = seed;
  const upTo = (most: number) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return (state / 2 ** 32) * most;
  };
  /** Of calls through one queue none overtakes another. */
  const queue = (most: number) => {
    const calls: (() => void)[] = [];
    return (call: () => void) => {
      calls.push(call);
      setTimeout(() => calls.shift()?.(), upTo(most));
    };
  };

  const request = window.requestAnimationFrame.bind(window);
  const cancelled = new Set<number>();
  let frames = 0;
  window.requestAnimationFrame = (call) => {
    const id = ++frames;
    setTimeout(() => request((time) => cancelled.delete(id) || call(time)), upTo(frame));
    return id;
  };
  window.cancelAnimationFrame = (id) => void cancelled.add(id);

  for (const name of ['ResizeObserver', 'IntersectionObserver'] as const) {
    const Observer = window[name] as new (call: (...told: unknown[]) => void, options?: object) => object;
    const late = class extends Observer {
      constructor(call: (...told: unknown[]) => void, options?: object) {
        const put = queue(frame);
        super((...told) => put(() => call(...told)), options);
      }
    };
    Object.assign(window, { [name]: late });
  }

  // React's scheduler posts to itself
  const post = MessagePort.prototype.postMessage as (...told: unknown[]) => void;
  const puts = new WeakMap<MessagePort, ReturnType<typeof queue>>();
  Object.assign(MessagePort.prototype, {
    postMessage(this: MessagePort, ...told: unknown[]) {
      if (told[0] !== null && told[0] !== undefined) return post.apply(this, told);
      const put = puts.get(this) ?? queue(render);
      puts.set(this, put);
      put(() => post.apply(this, told));
    },
  });

  // what a worker tells
  const late = new WeakSet<Event>();
  window.Worker = class extends Worker {
    constructor(...args: ConstructorParameters<typeof Worker>) {
      super(...args);
      const put = queue(message);
      this.addEventListener('message', (event) => {
        if (late.has(event)) return;
        event.stopImmediatePropagation();
        const again = new MessageEvent('message', { data: event.data, ports: [...event.ports] });
        late.add(again);
        put(() => this.dispatchEvent(again));
      });
    }
  };
}
