import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { evaluateRun } from '../src/engine/answers.ts';
import { LABELLED, sample, studioWith } from '../src/engine/testing/texts.ts';
import { startRun } from '../src/engine/training.ts';
import { meanInterval } from '../src/lib/statistics.ts';
import type { MethodMeta } from '../src/methods/meta.ts';
import { METHOD_METAS, type MethodId } from '../src/methods/metas.ts';
import type { OptionValues } from '../src/protocol/options.ts';
import type { Evaluation, GenerationEvaluation } from '../src/protocol/result.ts';
import type { RunSettings, RunStatus, StepMetrics } from '../src/protocol/run.ts';
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
  /** What the model knew before, before the first step and after the last. */
  old: readonly [before: number, after: number] | undefined;
}
type Rows = { id: MethodId; runs: Measured[] }[];

/** Every method that fits on one set of pictures and one of texts, the texts by a model that reads and one that writes, three seeds each; writes the tables of `docs/methods.md`. */
export const methods: Bench = {
  name: 'methods',
  async measure(rounds = SEEDS.length) {
    const { date, machine, load } = circumstances();
    const where = `${date} UTC; ${machine}; load ${load.toFixed(1)} as it began.`;
    const seeds = SEEDS.slice(0, rounds);
    write('pictures', await pictures(seeds), where);
    write('texts', await texts(seeds, 'minilm-l6', { maxLength: 32 }), where);
    write('writing', await texts(seeds, 'tiny-gpt', {}), where);
    return [];
  },
};

/** A choice by hand has no default: the last two parts that have weights. */
const CHOSEN: Readonly<Record<string, readonly string[]>> = {
  'minilm-l6': ['encoder.layer.5', 'classifier'],
  'digits-cnn': ['fc1', 'classifier'],
  'tiny-gpt': ['h.3', 'lm_head'],
};

const settingsOf = (id: MethodId, task: string, model: RunSettings['model'], epochs: number): RunSettings => {
  const base = forTask({ ...initialSettings(), model, epochs, batchSize: 32 }, task);
  return {
    ...base,
    model,
    method: id === 'chosen' ? { id, options: { chosenStages: CHOSEN[model.id]! } } : methodDefaults(id),
    learningRate: learningRateOf(id, task),
    earlyStopping: { ...base.earlyStopping, enabled: false },
    // all probes, at both ends
    oldTask: { watch: true, every: epochs },
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

/** The old task's accuracy, agreement or share of next tokens at both ends of a run. */
function endsOf(points: readonly StepMetrics[]): Measured['old'] {
  const old = points.filter(({ split }) => split === 'old');
  return old.length > 0 ? [old[0]!.accuracy, old.at(-1)!.accuracy] : undefined;
}

async function texts(seeds: readonly number[], id: string, task: OptionValues): Promise<Rows> {
  const model = { kind: 'shipped', id } as const;
  const points: StepMetrics[] = [];
  const studio = studioWith(await sample('topics.csv', LABELLED, EVERY), (event) => {
    if (event.kind === 'metrics') points.push(...event.points);
  });
  await studio.chooseBackend('wasm');
  const { summary } = await studio.model(model);
  const run = async (settings: RunSettings, name: string): Promise<Measured> => {
    const before = processorMs();
    const status = await startRun(studio, name, settings);
    const seconds = (processorMs() - before) / 1000;
    if (status.phase !== 'done') throw new Error(status.problem?.code ?? status.phase);
    const evaluation = await evaluateRun(studio, name);
    await studio.forget(name);
    return { accuracy: accuracyOf(evaluation), seconds, status, old: endsOf(points.splice(0)) };
  };
  return each(seeds, run, (method) => {
    const settings = settingsOf(method, summary.task, model, 4);
    return { ...settings, batchSize: 8, task: { ...settings.task, ...task } };
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
      const points = (await studio.log()).flatMap(({ received }) =>
        received?.kind === 'event' && received.event.kind === 'metrics' ? received.event.points : [],
      );
      const old = endsOf(points.filter((point) => point.run === name));
      return { accuracy: accuracyOf(evaluation), seconds, status, old };
    };
    const model = { kind: 'shipped', id: 'digits-cnn' } as const;
    return await each(seeds, run, (id) => settingsOf(id, 'image-classification', model, 8));
  } finally {
    await studio.close();
    await site.close();
    rmSync(dirname(folder), { recursive: true });
  }
}

/** Of a model that writes: how often the right class's word is the likeliest of them. */
const accuracyOf = (evaluation: Evaluation | GenerationEvaluation): number =>
  'accuracy' in evaluation ? evaluation.accuracy : (evaluation.choices?.accuracy ?? Number.NaN);

const HEAD = [
  'method',
  'accuracy on the test set',
  '95 % interval',
  'seconds',
  'most memory, MiB',
  'weights that train',
  'old task before and after',
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
      oldTask(runs, percent),
    ];
  });
  return [HEAD, HEAD.map(() => '---'), ...cells].map((row) => `| ${row.join(' | ')} |`).join('\n');
}

/** Means over the seeds. */
function oldTask(runs: readonly Measured[], percent: (share: number) => string): string {
  const pairs = runs.flatMap(({ old }) => (old ? [old] : []));
  const mean = (place: 0 | 1) => pairs.reduce((sum, pair) => sum + pair[place], 0) / pairs.length;
  return pairs.length > 0 ? `${percent(mean(0))}, ${percent(mean(1))}` : '–';
}

/** Between the document's marks. */
function write(name: 'pictures' | 'texts' | 'writing', rows: Rows, where: string): void {
  const page = readFileSync(DOCUMENT, 'utf8');
  const [begin, end] = [`<!-- ${name} -->`, `<!-- /${name} -->`];
  const [before, rest = ''] = page.split(begin);
  writeFileSync(DOCUMENT, `${before}${begin}\n\n${where}\n\n${table(rows)}\n\n${end}${rest.split(end)[1] ?? ''}`);
}
