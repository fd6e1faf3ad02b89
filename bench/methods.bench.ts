import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { evaluateRun } from '../src/engine/answers.ts';
import { LABELLED, sample, studioWith } from '../src/engine/testing/texts.ts';
import { startRun } from '../src/engine/training.ts';
import { meanInterval } from '../src/lib/statistics.ts';
import type { MethodMeta } from '../src/methods/meta.ts';
import { METHOD_METAS, type MethodId } from '../src/methods/metas.ts';
import type { RunSettings, RunStatus } from '../src/protocol/run.ts';
import { forTask, initialSettings, learningRateOf, methodDefaults } from '../src/session/defaults.ts';
import { digitsFolder } from './digits-epoch.bench.ts';
import type { Bench } from './lib/figure.ts';
import { processorMs } from './lib/processor.ts';
import { circumstances } from './lib/results.ts';
import { ROOT } from './lib/root.ts';
import { serveSite } from './lib/site.ts';
import { openStudio } from './lib/studio-page.ts';

const SEEDS = [1, 2, 3];
const DOCUMENT = `${ROOT}docs/methods.md`;
/** Every so many rows of the sample: 200 to 300 texts. */
const EVERY = 5;

interface Measured {
  accuracy: number;
  seconds: number;
  status: RunStatus;
}
type Rows = { id: MethodId; runs: Measured[] }[];

/** Every method that fits on one set of pictures and one of texts, three seeds each; writes the tables of `docs/methods.md`. */
export const methods: Bench = {
  name: 'methods',
  async measure(rounds = SEEDS.length) {
    const { date, machine, load } = circumstances();
    const where = `${date} UTC; ${machine}; load ${load.toFixed(1)} as it began.`;
    write('texts', await texts(SEEDS.slice(0, rounds)), where);
    write('pictures', await pictures(SEEDS.slice(0, rounds)), where);
    return [];
  },
};

/** A choice by hand has no default: the last two parts that have weights. */
const CHOSEN: Readonly<Record<string, readonly string[]>> = {
  'minilm-l6': ['encoder.layer.5', 'classifier'],
  'digits-cnn': ['fc1', 'classifier'],
};

const settingsOf = (id: MethodId, task: string, model: RunSettings['model'], epochs: number): RunSettings => {
  const base = forTask({ ...initialSettings(), model, epochs, batchSize: 32 }, task);
  return {
    ...base,
    model,
    method: id === 'chosen' ? { id, options: { chosenStages: CHOSEN[model.id]! } } : methodDefaults(id),
    learningRate: learningRateOf(id, task),
    earlyStopping: { ...base.earlyStopping, enabled: false },
  };
};

/** Runs every method with every seed; one that does not fit says so, and has no row. */
async function each(
  seeds: readonly number[],
  run: (settings: RunSettings, name: string) => Promise<Measured>,
  settings: (id: MethodId) => RunSettings,
): Promise<Rows> {
  const rows: Rows = [];
  for (const { id } of Object.values<MethodMeta>(METHOD_METAS)) {
    const runs: Measured[] = [];
    try {
      for (const seed of seeds) runs.push(await run({ ...settings(id as MethodId), seed }, `${id}-${seed}`));
    } catch (error) {
      console.log(`${id}: ${error instanceof Error ? error.message : String(error)}`);
      continue;
    }
    console.log(id, ...runs.map(({ accuracy }) => accuracy.toFixed(3)));
    rows.push({ id: id as MethodId, runs });
  }
  return rows;
}

async function texts(seeds: readonly number[]): Promise<Rows> {
  const model = { kind: 'shipped', id: 'minilm-l6' } as const;
  const studio = studioWith(await sample('topics.csv', LABELLED, EVERY));
  await studio.chooseBackend('wasm');
  await studio.model(model);
  const run = async (settings: RunSettings, name: string): Promise<Measured> => {
    const before = processorMs();
    const status = await startRun(studio, name, settings);
    const seconds = (processorMs() - before) / 1000;
    if (status.phase !== 'done') throw new Error(status.problem?.code ?? status.phase);
    const evaluation = await evaluateRun(studio, name);
    await studio.forget(name);
    return { accuracy: 'accuracy' in evaluation ? evaluation.accuracy : Number.NaN, seconds, status };
  };
  return each(seeds, run, (id) => {
    const settings = settingsOf(id, 'text-classification', model, 4);
    return { ...settings, batchSize: 8, task: { ...settings.task, maxLength: 32 } };
  });
}

async function pictures(seeds: readonly number[]): Promise<Rows> {
  const folder = digitsFolder('test');
  const site = await serveSite();
  const studio = await openStudio(site.url);
  try {
    await studio.load();
    await studio.drop([folder]);
    await studio.page.waitForFunction(() => window.bench.log.some(({ answers }) => answers === 'plan'));
    const run = async (settings: RunSettings, name: string): Promise<Measured> => {
      const before = await studio.processorSeconds();
      const status = await studio.call({ kind: 'train', run: name, settings });
      const seconds = (await studio.processorSeconds()) - before;
      if (status.phase !== 'done') throw new Error(status.problem?.code ?? status.phase);
      const evaluation = await studio.call({ kind: 'evaluate', run: name });
      return { accuracy: 'accuracy' in evaluation ? evaluation.accuracy : Number.NaN, seconds, status };
    };
    const model = { kind: 'shipped', id: 'digits-cnn' } as const;
    return await each(seeds, run, (id) => settingsOf(id, 'image-classification', model, 8));
  } finally {
    await studio.close();
    await site.close();
    rmSync(dirname(folder), { recursive: true });
  }
}

const HEAD = [
  'method',
  'accuracy on the test set',
  '95 % interval',
  'seconds',
  'most memory, MiB',
  'weights that train',
];

function table(rows: Rows): string {
  const cells = rows.map(({ id, runs }) => {
    const { mean, low, high } = meanInterval(runs.map(({ accuracy }) => accuracy));
    const percent = (share: number) => `${(100 * Math.min(1, Math.max(0, share))).toFixed(1)} %`;
    const most = Math.max(...runs.map(({ status }) => status.peakBytes)) / 2 ** 20;
    const seconds = runs.reduce((sum, one) => sum + one.seconds, 0) / runs.length;
    const interval = runs.length > 1 ? `${percent(low)} to ${percent(high)}` : '–';
    return [
      `\`${id}\``,
      percent(mean),
      interval,
      seconds.toFixed(1),
      most.toFixed(1),
      String(runs[0]!.status.trainable),
    ];
  });
  return [HEAD, HEAD.map(() => '---'), ...cells].map((row) => `| ${row.join(' | ')} |`).join('\n');
}

/** Between the document's marks. */
function write(name: 'pictures' | 'texts', rows: Rows, where: string): void {
  const page = readFileSync(DOCUMENT, 'utf8');
  const [begin, end] = [`<!-- ${name} -->`, `<!-- /${name} -->`];
  const [before, rest = ''] = page.split(begin);
  writeFileSync(DOCUMENT, `${before}${begin}\n\n${where}\n\n${table(rows)}\n\n${end}${rest.split(end)[1] ?? ''}`);
}
