import { readFileSync, writeFileSync } from 'node:fs';
import { wilsonInterval } from '../src/lib/statistics.ts';
import { DEFAULT_SPLIT, type Split } from '../src/protocol/dataset.ts';
import type { Replies } from '../src/protocol/messages.ts';
import type { RunStatus } from '../src/protocol/run.ts';
import { SAMPLES } from '../src/protocol/samples.ts';
import start from '../src/ui/locales/en/start.json' with { type: 'json' };
import { type Bench, withSpread } from './lib/figure.ts';
import { circumstances } from './lib/results.ts';
import { ROOT } from './lib/root.ts';
import { serveSite } from './lib/site.ts';
import { clickAtOnce, openStudio, type StudioPage } from './lib/studio-page.ts';

/** Of the split and of the run alike; the first is what the page has. */
const SEEDS = [42, 1, 2] as const;
const README = `${ROOT}public/samples/README.md`;
const [BEGIN, END] = ['<!-- results -->', '<!-- /results -->'];

type Sample = (typeof SAMPLES)[number];

/** What the tuned model does on the test set. */
type Measured =
  | { kind: 'label'; right: number; examples: number }
  | { kind: 'text'; perplexity: number; tokenAccuracy: number; exactMatch: number; chrf: number; written: number };

interface Once {
  seed: number;
  sizes: Record<Split, number>;
  status: RunStatus;
  measured: Measured;
  /** From the start of the run to its end, on the processor and by the clock. */
  processorSeconds: number;
  seconds: number;
}

/** What each sample comes to as the page sets it up: its own model, every setting at its default. */
export const samples: Bench = {
  name: 'samples',
  async measure(rounds = SEEDS.length) {
    const around = circumstances();
    const site = await serveSite();
    const studio = await openStudio(site.url);
    try {
      let threads = 1;
      const all: { sample: Sample; runs: Once[] }[] = [];
      for (const sample of SAMPLES) {
        const runs: Once[] = [];
        for (const seed of SEEDS.slice(0, rounds)) {
          threads = await studio.load();
          runs.push(await once(studio, sample, seed));
          console.log(row(sample, runs.at(-1)!));
        }
        all.push({ sample, runs });
      }
      const on = `WASM, ${threads} thread${threads > 1 ? 's' : ''}, ${studio.browser} headless, the built site`;
      const lines = all.flatMap(({ sample, runs }) => runs.map((run) => row(sample, run)));
      writeTable(
        `${around.date} UTC; ${on}; ${around.machine}; load ${around.load.toFixed(1)} as it began.\n\n${HEAD}\n${lines.join('\n')}`,
      );
      const { runs } = all.find(({ sample }) => sample.id === 'mails')!;
      return [
        {
          what: 'accuracy on the test set of the mails (MiniLM-L6 frozen, every setting at its default)',
          target: { at: 'least', value: 95 },
          unit: '%',
          samples: runs.map((run) => 100 * accuracy(run.measured)),
          decides: 'median',
          on,
          details: [
            ...runs.map((run) => `seed ${run.seed}: ${words(run.measured)} on ${run.sizes.test} mails`),
            `processor time of a run: ${withSpread(
              runs.map(({ processorSeconds }) => processorSeconds),
              's',
            )}`,
          ],
        },
      ];
    } finally {
      await studio.close();
      await site.close();
    }
  },
};

/** A click on the sample, one on the model and one on the start, and the numbers that Evaluate shows. */
async function once(studio: StudioPage, { id }: Sample, seed: number): Promise<Once> {
  const { page, errors } = studio;
  await clickAtOnce(page, 'main button', start.sample[id].name);
  await clickAtOnce(page, 'main a[href="#/model"]');
  await page.waitForFunction(() => window.bench.log.some(({ answers }) => answers === 'plan'));
  await page.evaluate((settings) => Object.assign(window.bench, { settings }), { seed });
  const { classes } = await studio.call({ kind: 'split', split: { ...DEFAULT_SPLIT, seed } });
  const before = await studio.processorSeconds();
  await clickAtOnce(page, 'main button', 'Start run');
  const { status, seconds } = await page.evaluate(ended);
  const processorSeconds = (await studio.processorSeconds()) - before;
  if (status.phase !== 'done') throw new Error(`The run on ${id} ended as ${status.phase}.`);
  const measured = await page.evaluate(evaluated, status.run);
  if (errors.length > 0) throw new Error(errors.join('\n'));
  const size = (split: Split) => classes.reduce((sum, { counts }) => sum + counts[split], 0);
  const sizes = { train: size('train'), validation: size('validation'), test: size('test') };
  return { seed, sizes, status, measured, processorSeconds, seconds };
}

/** In the page: how the run ended, and how long it took by the clock. */
async function ended(): Promise<{ status: RunStatus; seconds: number }> {
  for (;;) {
    const { log } = window.bench;
    const over = log.find(({ answers }) => answers === 'train');
    const { received } = over ?? {};
    if (over && received?.kind === 'failure') throw new Error(JSON.stringify(received.problem));
    if (over && received?.kind === 'reply') {
      const begun = log.find(({ sent }) => sent === 'train')!;
      return { status: received.value as RunStatus, seconds: (over.at - begun.at) / 1000 };
    }
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
}

/** In the page: the test set's figures without its examples, which are many. */
async function evaluated(run: string): Promise<Measured> {
  const found = (await window.bench.call({ kind: 'evaluate', run })) as Replies['evaluate'];
  if ('accuracy' in found)
    return { kind: 'label', right: Math.round(found.accuracy * found.examples), examples: found.examples };
  const { perplexity, tokenAccuracy, exactMatch, chrf, written } = found;
  return { kind: 'text', perplexity, tokenAccuracy, exactMatch, chrf, written };
}

const accuracy = (measured: Measured): number =>
  measured.kind === 'label' ? measured.right / measured.examples : measured.tokenAccuracy;

const percent = (share: number): string => (100 * share).toFixed(1);

function words(measured: Measured): string {
  if (measured.kind === 'label') {
    const { low, high } = wilsonInterval(measured.right, measured.examples);
    return `accuracy **${percent(accuracy(measured))} %** (${percent(low)} to ${percent(high)})`;
  }
  const { perplexity, tokenAccuracy, exactMatch, chrf, written } = measured;
  return `perplexity **${perplexity.toFixed(2)}**, next token right ${percent(tokenAccuracy)} %; of ${written} answers written out ${percent(exactMatch)} % exact, chrF ${chrf.toFixed(1)}`;
}

const HEAD = `| sample | model | seed | train / validation / test | on the test set | epoch kept | processor time | by the clock |
|---|---|---|---|---|---|---|---|`;

function row({ id, model }: Sample, { seed, sizes, status, measured, processorSeconds, seconds }: Once): string {
  const kept = `${status.best?.epoch ?? status.epoch} of ${status.epochs}`;
  const split = `${sizes.train} / ${sizes.validation} / ${sizes.test}`;
  return `| ${id} | \`${model}\` | ${seed} | ${split} | ${words(measured)} | ${kept} | ${processorSeconds.toFixed(0)} s | ${seconds.toFixed(0)} s |`;
}

function writeTable(table: string): void {
  const [before, rest = ''] = readFileSync(README, 'utf8').split(BEGIN);
  writeFileSync(README, `${before}${BEGIN}\n\n${table}\n\n${END}${rest.split(END)[1] ?? ''}`);
}
