import { initialSettings } from '../src/session/defaults.ts';
import { type Bench, withSpread } from './lib/figure.ts';
import { serveSite } from './lib/site.ts';
import { clickAtOnce, openStudio, type StudioPage } from './lib/studio-page.ts';
import { type Task, traceTasks } from './lib/trace.ts';

const { epochs: EPOCHS, earlyStopping } = initialSettings();
const SETTINGS = { earlyStopping: { ...earlyStopping, enabled: false } };
/** Of the sample's 700 training pictures, 32 a step. */
const STEPS = EPOCHS * Math.ceil(700 / 32);

interface Watched {
  tasks: Task[];
  /** Milliseconds between frames. */
  gaps: number[];
}
declare global {
  interface Window {
    gaps: number[];
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
      const watched: Watched[] = [];
      for (let round = 0; round < rounds; round++) {
        threads = await studio.load();
        watched.push(await watchRun(studio));
      }
      const longest = (key: 'ms' | 'processorMs') =>
        watched.map(({ tasks }) => Math.max(...tasks.map((task) => task[key])));
      const on = `WASM, ${threads} thread${threads > 1 ? 's' : ''}, ${studio.browser} headless, the built site`;
      const target = { at: 'most', value: 50 } as const;
      const run = `training (digits, everything trainable, ${EPOCHS} epochs, Train shown)`;
      return [
        {
          what: `longest task of the page while ${run}, in processor time`,
          target,
          unit: 'ms',
          samples: longest('processorMs'),
          decides: 'worst',
          on,
          details: watched.flatMap(({ tasks }, i) =>
            worst(tasks, 'processorMs').map((task) => `round ${i + 1}, ${words(task)}`),
          ),
        },
        {
          what: 'the same by the clock, with whatever else this machine does',
          target,
          unit: 'ms',
          samples: longest('ms'),
          decides: 'worst',
          on,
          details: watched.flatMap(({ tasks, gaps }, i) => [
            `round ${i + 1}, ${STEPS} steps: ${tasks.filter(({ ms }) => ms > 50).length} of ${tasks.length} tasks over 50 ms; between frames ${withSpread(gaps, 'ms')}`,
            ...worst(tasks, 'ms').map((task) => `round ${i + 1}, ${words(task)}`),
          ]),
        },
      ];
    } finally {
      await studio.close();
      await site.close();
    }
  },
};

const worst = (tasks: readonly Task[], key: 'ms' | 'processorMs'): Task[] =>
  [...tasks].sort((a, b) => b[key] - a[key]).slice(0, 3);
const words = ({ ms, processorMs, parts }: Task): string =>
  `${ms.toFixed(0)} ms, of it ${processorMs.toFixed(0)} ms on a processor: ${parts.join(', ') || 'nothing known'}`;

async function watchRun({ page, errors }: StudioPage): Promise<Watched> {
  await clickAtOnce(page, 'main button', 'Handwritten');
  await clickAtOnce(page, 'main a[href="#/model"]');
  await clickAtOnce(page, '#method-full');
  await page.evaluate((settings) => {
    window.bench.settings = settings;
  }, SETTINGS);
  // what the page loads when it is idle has come by now
  await page.waitForTimeout(3000);
  await clickAtOnce(page, 'main button', 'Start run');
  await page.waitForFunction(running);
  const tasks = await traceTasks(page, async () => {
    await page.evaluate(watchFrames);
    await page.waitForFunction(over, undefined, { polling: 500 });
  });
  if (errors.length > 0) throw new Error(errors.join('\n'));
  return { tasks, gaps: await page.evaluate(() => window.gaps) };
}

/** In the page. */
const over = () => window.bench.log.some(({ answers }) => answers === 'train');
const running = () =>
  window.bench.log.some(
    ({ received: r }) => r?.kind === 'event' && r.event.kind === 'run-status' && r.event.status.phase === 'running',
  );

function watchFrames(): void {
  window.gaps = [];
  let last = performance.now();
  const tick = (now: number) => {
    window.gaps.push(now - last);
    last = now;
    requestAnimationFrame(tick);
  };
  requestAnimationFrame(tick);
}
