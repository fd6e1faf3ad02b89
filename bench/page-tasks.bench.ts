import { initialSettings } from '../src/session/defaults.ts';
import { type Bench, spread } from './lib/figure.ts';
import { serveSite } from './lib/site.ts';
import { clickAtOnce, openStudio, type StudioPage } from './lib/studio-page.ts';

const { epochs: EPOCHS, earlyStopping } = initialSettings();
const SETTINGS = { earlyStopping: { ...earlyStopping, enabled: false } };
/** Of the sample's 700 training pictures, 32 a step. */
const STEPS = EPOCHS * Math.ceil(700 / 32);

/** https://w3c.github.io/long-animation-frames/ */
interface LongFrame extends PerformanceEntry {
  renderStart: number;
  styleAndLayoutStart: number;
  blockingDuration: number;
  scripts: readonly {
    invoker: string;
    sourceFunctionName: string;
    duration: number;
    forcedStyleAndLayoutDuration: number;
  }[];
}

/** A stretch in which the page could not answer. */
interface Stretch {
  at: number;
  ms: number;
  what: string;
}

interface Watch {
  /** Tasks of more than 50 ms, as the browser reports them. */
  tasks: Stretch[];
  /** Frames of more than 50 ms with the scripts in them. */
  frames: Stretch[];
  /** Milliseconds between frames. */
  gaps: number[];
}
declare global {
  interface Window {
    watch: Watch & { stop(): void };
  }
}

/** The longest task of the page while a run goes on at full speed, with Train on the screen. */
export const pageTasks: Bench = {
  name: 'page-tasks',
  async measure(rounds = 3) {
    const site = await serveSite();
    const studio = await openStudio(site.url);
    try {
      let threads = 1;
      const watched: Watch[] = [];
      for (let round = 0; round < rounds; round++) {
        threads = await studio.load();
        watched.push(await watchRun(studio));
      }
      return [
        {
          what: `longest task of the page while training (digits, everything trainable, ${EPOCHS} epochs, Train shown)`,
          target: { at: 'most', value: 50 },
          unit: 'ms',
          samples: watched.map(({ tasks }) => Math.max(0, ...tasks.map(({ ms }) => ms))),
          decides: 'worst',
          on: `WASM, ${threads} thread${threads > 1 ? 's' : ''}, ${studio.browser} headless, the built site; 0 where no task took more than 50 ms`,
          details: watched.flatMap(({ tasks, frames, gaps }, i) => {
            const { median } = spread(gaps);
            return [
              `round ${i + 1}: ${tasks.length} tasks over 50 ms in ${STEPS} steps; between frames ${median.toFixed(0)} ms, at most ${Math.max(...gaps).toFixed(0)} ms`,
              ...worst(tasks).map((task) => `round ${i + 1}, ${words(task)}`),
              ...worst(frames).map((frame) => `round ${i + 1}, frame ${words(frame)}`),
            ];
          }),
        },
      ];
    } finally {
      await studio.close();
      await site.close();
    }
  },
};

const worst = (stretches: readonly Stretch[]): Stretch[] => [...stretches].sort((a, b) => b.ms - a.ms).slice(0, 3);
const words = ({ at, ms, what }: Stretch): string => `${ms.toFixed(0)} ms at ${(at / 1000).toFixed(1)} s: ${what}`;

async function watchRun({ page, errors }: StudioPage): Promise<Watch> {
  await clickAtOnce(page, 'main button', 'Handwritten');
  await clickAtOnce(page, 'main a[href="#/model"]');
  await clickAtOnce(page, '#method-full');
  await page.evaluate((settings) => {
    window.bench.settings = settings;
  }, SETTINGS);
  // what the page loads when it is idle has come by now
  await page.waitForTimeout(3000);
  await clickAtOnce(page, 'main button', 'Start run');
  await page.evaluate(startWatch);
  const over = () => window.bench.log.some(({ answers }) => answers === 'train');
  await page.waitForFunction(over, undefined, { polling: 500 });
  if (errors.length > 0) throw new Error(errors.join('\n'));
  return page.evaluate(() => {
    window.watch.stop();
    const { tasks, frames, gaps } = window.watch;
    return { tasks, frames, gaps };
  });
}

/** In the page, from the first frame in which the run is going. */
async function startWatch(): Promise<void> {
  const running = () =>
    window.bench.log.some(
      ({ received: r }) => r?.kind === 'event' && r.event.kind === 'run-status' && r.event.status.phase === 'running',
    );
  while (!running()) await new Promise(requestAnimationFrame);
  const since = performance.now();
  const [tasks, frames]: Stretch[][] = [[], []];
  const gaps: number[] = [];
  const observe = (type: string, to: Stretch[], what: (entry: PerformanceEntry) => string) => {
    const observer = new PerformanceObserver((list) => {
      for (const entry of list.getEntries())
        if (entry.startTime >= since) to.push({ at: entry.startTime - since, ms: entry.duration, what: what(entry) });
    });
    observer.observe({ type });
    return observer;
  };
  const observers = [
    observe('longtask', tasks!, ({ name }) => name),
    observe('long-animation-frame', frames!, (entry) => {
      const { scripts, blockingDuration, renderStart, styleAndLayoutStart, startTime, duration } = entry as LongFrame;
      const parts = scripts.map(
        ({ invoker, sourceFunctionName, duration: ms, forcedStyleAndLayoutDuration: forced }) =>
          `${ms.toFixed(0)} ms ${invoker}${sourceFunctionName ? ` ${sourceFunctionName}` : ''}${forced > 1 ? ` (layout ${forced.toFixed(0)} ms)` : ''}`,
      );
      const layout = styleAndLayoutStart ? startTime + duration - styleAndLayoutStart : 0;
      const drawing = renderStart ? startTime + duration - renderStart : 0;
      return `blocks ${blockingDuration.toFixed(0)} ms; drawing ${drawing.toFixed(0)} ms, of it style and layout ${layout.toFixed(0)} ms; ${parts.join(', ') || 'no script of 5 ms'}`;
    }),
  ];
  let last = performance.now();
  let going = true;
  const tick = (now: number) => {
    gaps.push(now - last);
    last = now;
    if (going) requestAnimationFrame(tick);
  };
  requestAnimationFrame(tick);
  const stop = () => {
    going = false;
    for (const observer of observers) observer.disconnect();
  };
  window.watch = { tasks: tasks!, frames: frames!, gaps, stop };
}
