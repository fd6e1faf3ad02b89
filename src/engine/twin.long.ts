import { beforeAll, describe, expect, it } from 'vitest';
import { pairedVerdict, type Verdict } from '../lib/paired.ts';
import type { RunSettings } from '../protocol/run.ts';
import { forTask, initialSettings, learningRateOf, methodDefaults, settingsFor } from '../session/defaults.ts';
import { twinOf, twinRates } from '../session/twin.ts';
import { evaluateRun } from './answers.ts';
import type { Studio } from './studio.ts';
import { pictures } from './testing/pictures.ts';
import { studioWith } from './testing/texts.ts';
import { startRun } from './training.ts';

/**
 * What the page does at a press, on the shipped digits 5 to 9 and the model that learned 0 to 4: a pretrained start against
 * twins from scratch over five seeds, on the page's own settings.
 */
const SEEDS = [42, 43, 44, 45, 46];
const TASK = 'image-classification';
const MODEL = { kind: 'shipped', id: 'digits-cnn' } as const;

let studio: Studio;
beforeAll(async () => {
  studio = studioWith(undefined);
  await studio.chooseBackend('wasm');
  studio.dataset = await pictures('digits-5-9.zip', { inputs: [{ kind: 'image', size: 28, channels: 1 }] });
});

/** As the page sets a first run up on so many training examples. */
function settingsOf(method: 'head' | 'full', train: number): RunSettings {
  const settings = settingsFor(forTask({ ...initialSettings(), model: MODEL }, TASK), MODEL, train);
  return {
    ...settings,
    method: methodDefaults(method),
    learningRate: learningRateOf(method, TASK),
    oldTask: { ...settings.oldTask, watch: false },
  };
}

/** Validation loss of the best epoch, and right answers on the test set. */
async function run(settings: RunSettings): Promise<{ loss: number; share: number }> {
  const id = crypto.randomUUID();
  const { finish, best } = await startRun(studio, id, settings);
  expect(finish).toMatch(/completed|early-stopping/);
  const evaluation = await evaluateRun(studio, id);
  if (!('confusion' in evaluation)) throw new Error('classes are wanted');
  await studio.forget(id);
  return { loss: best!.value, share: evaluation.accuracy };
}

/** Test accuracy of the pretrained start minus that of its twin. */
async function compared(settings: RunSettings): Promise<Verdict> {
  const pairs: [number, number][] = [];
  let rate: number | undefined;
  for (const seed of SEEDS) {
    const pretrained = await run({ ...settings, seed });
    const tried = [];
    for (const learningRate of rate === undefined ? twinRates(settings, TASK) : [rate])
      tried.push({ learningRate, ...(await run(twinOf({ ...settings, seed }, learningRate))) });
    const twin = tried.reduce((a, b) => (b.loss < a.loss ? b : a));
    rate = twin.learningRate;
    pairs.push([pretrained.share, twin.share]);
  }
  const verdict = pairedVerdict(pairs)!;
  process.stdout.write(`${JSON.stringify({ shares: pairs, learningRate: rate, ...verdict })}\n`);
  return verdict;
}

describe('what the pretraining is worth', () => {
  it('hurts: the frozen body of a model for 0 to 4 is worse on 5 to 9 than the same network from scratch', async () => {
    const { kind, high } = await compared(settingsOf('head', 700));
    expect(kind).toBe('hurts');
    expect(high).toBeLessThan(-0.03);
  });

  it('helps: where all of it is tuned, it is better on the same digits than the same network from scratch', async () => {
    const { kind, low } = await compared(settingsOf('full', 700));
    expect(kind).toBe('helps');
    expect(low).toBeGreaterThan(0);
  });
});
