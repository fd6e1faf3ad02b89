import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { unzipSync } from 'fflate';
import type { RunSettings, RunStatus, StepMetrics } from '../src/protocol/run.ts';
import { initialSettings } from '../src/session/defaults.ts';
import { type Bench, withSpread } from './lib/figure.ts';
import { ROOT } from './lib/root.ts';
import { serveSite } from './lib/site.ts';
import { openStudio } from './lib/studio-page.ts';

/** Of every so many training pictures one is validated on, too: what that costs is told apart. */
const VALIDATE_EVERY = 10;

/** An epoch of the 1,000 digits of the sample, every weight trainable, in the engine's worker on the built site. */
export const digitsEpoch: Bench = {
  name: 'digits-epoch',
  async measure(rounds = 10) {
    const folder = digitsFolder();
    const site = await serveSite();
    const studio = await openStudio(site.url);
    try {
      const threads = await studio.load();
      await studio.drop([folder]);
      await studio.page.waitForFunction(() => window.bench.log.some(({ answers }) => answers === 'plan'));
      const before = await studio.processorSeconds();
      const status = await studio.call({ kind: 'train', run: 'digits', settings: settings(1 + rounds) });
      const worked = ((await studio.processorSeconds()) - before) / status.epochs;
      const log = await studio.log();
      const events = log.flatMap(({ received }) => (received?.kind === 'event' ? [received.event] : []));
      const points = events.flatMap((event) => (event.kind === 'metrics' ? event.points : []));
      const { training, whole } = epochs(points, status);
      const rates = events.flatMap((event) =>
        event.kind === 'run-status' && event.status.step > 0 ? [event.status.memoryBytes] : [],
      );
      return [
        {
          what: 'an epoch of 1,000 digits, everything trainable, batch 32',
          target: { at: 'most', value: 2 },
          unit: 's',
          samples: training.slice(1),
          decides: 'median',
          on: `WASM, ${threads} thread${threads > 1 ? 's' : ''}, ${studio.browser} headless, the built site`,
          details: [
            `the first epoch, which is not counted above: ${training[0]!.toFixed(2)} s`,
            `a step of 32: ${withSpread(
              training.slice(1).map((s) => (1000 * s) / (status.totalSteps / status.epochs)),
              'ms',
            )}`,
            `with its checkpoint and a validation on ${1000 / VALIDATE_EVERY} pictures: ${withSpread(whole.slice(1), 's')}`,
            `the same in processor time, all threads of the page and the first epoch with it: ${worked.toFixed(2)} s`,
            `memory of the engine: ${mib(Math.min(...rates))} to ${mib(Math.max(...rates))} MiB`,
          ],
        },
      ];
    } finally {
      await studio.close();
      await site.close();
      rmSync(dirname(folder), { recursive: true });
    }
  },
};

const mib = (bytes: number): string => (bytes / 2 ** 20).toFixed(2);

const settings = (epochs: number): RunSettings => {
  const initial = initialSettings();
  return {
    ...initial,
    model: { kind: 'shipped', id: 'digits-cnn' },
    method: { id: 'full', options: {} },
    learningRate: 3e-4,
    batchSize: 32,
    epochs,
    earlyStopping: { ...initial.earlyStopping, enabled: false },
  };
};

/**
 * The sample's digits as folders that name their split: all 1,000 train and every tenth is validated on too, or, with
 * `apart`, every tenth is for the test and the one after it for validation.
 */
export function digitsFolder(apart?: 'test'): string {
  const entries = unzipSync(readFileSync(`${ROOT}public/samples/digits-5-9.zip`));
  const folder = join(mkdtempSync(join(tmpdir(), 'bench-')), 'digits');
  const pictures = Object.entries(entries).filter(([path]) => path.endsWith('.png'));
  if (pictures.length !== 1000) throw new Error(`The sample has ${pictures.length} pictures.`);
  for (const [i, [path, bytes]] of pictures.entries()) {
    const [name, label] = path.split('/').reverse();
    for (const split of splitsOf(i % VALIDATE_EVERY, apart)) {
      mkdirSync(join(folder, split, label!), { recursive: true });
      writeFileSync(join(folder, split, label!, name!), bytes);
    }
  }
  return folder;
}

function splitsOf(place: number, apart: 'test' | undefined): readonly string[] {
  if (!apart) return place === 0 ? ['train', 'validation'] : ['train'];
  return [place === 0 ? apart : place === 1 ? 'validation' : 'train'];
}

/** Seconds of each epoch: its training steps alone, and up to its validation with the checkpoint of the one before. */
function epochs(points: readonly StepMetrics[], { totalSteps, epochs: count }: RunStatus) {
  const perEpoch = totalSteps / count;
  const secondsAt = (split: StepMetrics['split'], step: number) =>
    points.find((point) => point.split === split && point.step === step)!.seconds;
  const each = Array.from({ length: count }, (_, i) => ({
    begin: secondsAt('validation', i * perEpoch),
    trained: secondsAt('train', (i + 1) * perEpoch),
    validated: secondsAt('validation', (i + 1) * perEpoch),
  }));
  return {
    training: each.map(({ begin, trained }) => trained - begin),
    whole: each.map(({ begin, validated }) => validated - begin),
  };
}
