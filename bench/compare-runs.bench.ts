import type { Page } from 'playwright';
import type { MethodId } from '../src/methods/metas.ts';
import { METHOD_METAS } from '../src/methods/metas.ts';
import { emptyStatus, type RunSettings } from '../src/protocol/run.ts';
import { initialSettings, methodDefaults } from '../src/session/defaults.ts';
import type { RunRecord } from '../src/storage/records.ts';
import { type Bench, withSpread } from './lib/figure.ts';
import { serveSite } from './lib/site.ts';
import { clickAtOnce, openStudio, type StudioPage } from './lib/studio-page.ts';
import { type Task, traceTasks } from './lib/trace.ts';

const METHODS: readonly MethodId[] = ['full', 'head', 'last-n', 'bias', 'lora'];
const SEEDS = [42, 43];
/** Of each of a run's two curves. */
const POINTS = 10_000;
const STEPS_PER_EPOCH = 10;
const EPOCHS = POINTS / STEPS_PER_EPOCH;
/** Places at which the pointer stands as it goes over the chart. */
const HOVERED = 60;

/** Ten runs of 10,000 points each beside each other: opened, hovered, switched and sorted, without holding the page. */
export const compareRuns: Bench = {
  name: 'compare-runs',
  async measure(rounds = 3) {
    const site = await serveSite();
    const studio = await openStudio(site.url, [], true);
    try {
      await studio.page.setViewportSize({ width: 1440, height: 900 });
      let threads = await studio.load();
      const project = await keptProject(studio.page);
      await studio.page.evaluate(keepRuns, { records: recordsOf(project), points: POINTS, perEpoch: STEPS_PER_EPOCH });
      const watched: Task[][] = [];
      for (let round = 0; round < rounds; round++) {
        threads = await studio.load();
        watched.push(await watchCompare(studio));
      }
      const longest = (key: 'ms' | 'processorMs') =>
        watched.map((tasks) => Math.max(...tasks.map((task) => task[key])));
      const on = `WASM, ${threads} thread${threads > 1 ? 's' : ''}, ${studio.browser} headless, the built site`;
      const runs = METHODS.length * SEEDS.length;
      const target = { at: 'most', value: 50 } as const;
      return [
        {
          what: `longest task of the page while ${runs} runs of ${POINTS} points a curve are compared (Compare opened, hovered, switched, sorted), in processor time`,
          target,
          unit: 'ms',
          samples: longest('processorMs'),
          decides: 'worst',
          on,
          details: [
            `by the clock, with whatever else this machine does: ${withSpread(longest('ms'), 'ms')}`,
            ...watched.flatMap((tasks, i) => {
              const over = tasks.filter(({ ms }) => ms > 50).length;
              const all = `round ${i + 1}: ${over} of ${tasks.length} tasks over 50 ms by the clock`;
              return [all, ...worst(tasks).map((task) => `round ${i + 1}, ${words(task)}`)];
            }),
          ],
        },
      ];
    } finally {
      await studio.close();
      await site.close();
    }
  },
};

const worst = (tasks: readonly Task[]): Task[] => [...tasks].sort((a, b) => b.processorMs - a.processorMs).slice(0, 3);
const words = ({ ms, processorMs, parts }: Task): string =>
  `${ms.toFixed(0)} ms, of it ${processorMs.toFixed(0)} ms on a processor: ${parts.join(', ') || 'nothing known'}`;

/** The digits, open and wholly on the disk; gives the project's id. */
async function keptProject(page: Page): Promise<string> {
  await clickAtOnce(page, 'main button', 'Handwritten');
  await page.getByText('Kept in this browser').waitFor();
  return page.evaluate(async () => {
    const db = await new Promise<IDBDatabase>((resolve) => {
      const asked = indexedDB.open('tuning-fork');
      asked.onsuccess = () => resolve(asked.result);
    });
    const [key] = await new Promise<IDBValidKey[]>((resolve) => {
      const asked = db.transaction('projects').objectStore('projects').getAllKeys();
      asked.onsuccess = () => resolve(asked.result);
    });
    db.close();
    return String(key);
  });
}

/** As `storage/` keeps runs that are over: methods and seeds as a comparison would have them. */
function recordsOf(project: string): RunRecord[] {
  const group = { id: 'made', kind: 'methods' } as const;
  return SEEDS.flatMap((seed, s) =>
    METHODS.map((method, m): RunRecord => {
      const number = 1 + s * METHODS.length + m;
      const id = `made-${number}`;
      const settings: RunSettings = {
        ...initialSettings(),
        model: { kind: 'shipped', id: 'digits-cnn' },
        method: methodDefaults(method),
        learningRate: METHOD_METAS[method].learningRate,
        epochs: EPOCHS,
        seed,
      };
      const best = {
        epoch: EPOCHS / 2,
        step: (EPOCHS / 2) * STEPS_PER_EPOCH,
        monitor: 'validationLoss',
        value: 0.2,
      } as const;
      return {
        project,
        id,
        place: { number, group },
        modelName: 'digits-cnn',
        datasetName: 'digits',
        classes: ['0', '1'],
        settings,
        status: {
          ...emptyStatus(id, EPOCHS, 'wasm'),
          phase: 'done',
          finish: 'completed',
          step: POINTS,
          totalSteps: POINTS,
          stepsPerEpoch: STEPS_PER_EPOCH,
          epoch: EPOCHS,
          best,
          trainable: 1000 * (m + 1) ** 3,
          peakBytes: 1e6 * (10 - m),
        },
        device: { backend: 'wasm', adapter: '' },
        model: settings.model,
        sha256: '',
        imported: false,
      };
    }),
  );
}

/** In the page: writes runs with curves of so many points, a validation at every step, beside what is kept. */
async function keepRuns(o: { records: readonly RunRecord[]; points: number; perEpoch: number }): Promise<void> {
  const db = await new Promise<IDBDatabase>((resolve) => {
    const asked = indexedDB.open('tuning-fork');
    asked.onsuccess = () => resolve(asked.result);
  });
  const writing = db.transaction(['runs', 'points'], 'readwrite');
  for (const record of o.records) {
    writing.objectStore('runs').put(record);
    const { number } = record.place;
    const length = 2 * o.points;
    const column = (value: (step: number, isValidation: boolean) => number) =>
      Float64Array.from({ length }, (_, i) => value(1 + (i >> 1), i % 2 === 1));
    // falls, with noise that is another in each run and at each step
    const noise = (step: number) => Math.sin(step * (12.9898 + number)) * Math.cos(step * 78.233);
    const loss = (step: number, more: number) =>
      0.05 + 2 * Math.exp(-step / (900 * number)) + more * (1 + 0.4 * noise(step));
    writing.objectStore('points').put({
      project: record.project,
      run: record.id,
      from: 0,
      split: Uint8Array.from({ length }, (_, i) => i % 2),
      columns: {
        step: column((step) => step),
        epoch: column((step) => step / o.perEpoch),
        seconds: column((step) => step * 0.01 * number),
        loss: column((step, validation) => loss(step, validation ? 0.15 : 0.05)),
        accuracy: column((step) => 1 - 0.9 * Math.exp(-step / (900 * number)) - 0.02 * (1 + noise(step))),
        examples: column((_, validation) => (validation ? 150 : 32)),
        learningRate: column((_, validation) => (validation ? Number.NaN : 1e-3)),
      },
    });
  }
  await new Promise<void>((resolve, reject) => {
    writing.oncomplete = () => resolve();
    writing.onerror = () => reject(writing.error);
  });
  db.close();
}

/** From the kept project to Compare, and everything that a person does there. */
async function watchCompare({ page, errors }: StudioPage): Promise<Task[]> {
  await clickAtOnce(page, 'main button[aria-label^="Go on with"]');
  await page.locator('main a[href="#/model"]').waitFor();
  // what the page loads when it is idle has come by now
  await page.waitForTimeout(4000);
  const calm = () => page.waitForTimeout(300);
  const tasks = await traceTasks(page, async () => {
    await clickAtOnce(page, 'a[href="#/compare"]');
    await page.waitForFunction(() => document.querySelectorAll('main path.curve').length === 10);
    await calm();
    const chart = (await page.locator('main svg:has(path.curve)').boundingBox())!;
    for (let i = 0; i < HOVERED; i++)
      await page.mouse.move(chart.x + 50 + ((chart.width - 250) * i) / HOVERED, chart.y + chart.height / 2);
    await calm();
    for (const words of ['Accuracy', 'Time', 'Loss', 'Epoch']) {
      await clickAtOnce(page, 'main section:has(path.curve) label', words);
      await calm();
    }
    for (const words of ['Memory', 'Time', 'Parameters']) {
      await clickAtOnce(page, 'main section:has([data-run]) label', words);
      await calm();
    }
    for (const words of ['Run', 'Best loss', 'Trainable', 'Time', 'Accuracy']) {
      await clickAtOnce(page, 'main thead button', words);
      await calm();
    }
    // every column there is, and back; one run out of the charts, and in again
    for (const selector of ['main [role="switch"]', 'main [role="switch"]', 'main tbody input', 'main tbody input']) {
      await clickAtOnce(page, selector);
      await calm();
    }
  });
  if (errors.length > 0) throw new Error(errors.join('\n'));
  return tasks;
}
