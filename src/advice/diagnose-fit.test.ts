import { describe, expect, test } from 'vitest';
import { defaultSettings } from '../protocol/settings.ts';
import { diagnose } from './diagnose.ts';
import type { Advice, RunFacts } from './facts.ts';
import { BAD, codes, first, good, toMend } from './testing/runs.ts';
import { falling, madeRun } from './testing.ts';

const defaults = defaultSettings();

describe('fit', () => {
  test('underfitting: more weights that move, else more epochs; altered pictures first', () => {
    const facts = BAD.underfitting!;
    expect(first(facts)).toMatchObject({ code: 'underfitting', because: 'freer', setUp: facts.freer });
    expect(first({ ...facts, freer: undefined })).toMatchObject({ because: 'longer', setUp: { epochs: 40 } });
    const augmentation = { ...defaults.augmentation, rotate: 90 };
    const altered = { ...facts, settings: { ...facts.settings, augmentation } };
    expect(first(altered)).toMatchObject({ because: 'augmented', setUp: { augmentation: { rotate: 0 } } });
  });
  test('what has nearly all validation pictures right is not held back', () => {
    const facts = madeRun({ train: falling(0.6, 0.84, 2), validation: falling(0.5, 0.97, 2) });
    expect(codes(facts)).not.toContain('underfitting');
  });
  test('overfitting tells since when, and asks for what is not in use yet', () => {
    const facts = BAD.overfitting!;
    const advice = first(facts);
    expect(advice).toMatchObject({ code: 'overfitting', values: { epoch: 4 } });
    expect(advice.setUp?.augmentation).toMatchObject({ rotate: 10, flipHorizontal: false });
    const steps: Partial<RunFacts['settings']>[] = [];
    let next = facts;
    for (let i = 0; i < 4; i++) {
      const patch = first(next).setUp!;
      steps.push(patch);
      next = { ...next, settings: { ...next.settings, ...patch } };
      if (patch.labelSmoothing) break;
    }
    expect(steps.map((patch) => Object.keys(patch)[0])).toEqual(['augmentation', 'labelSmoothing']);
  });
  test('overfitting without early stopping asks for that first', () => {
    const facts = BAD.overfitting!;
    const settings = { ...facts.settings, earlyStopping: { ...facts.settings.earlyStopping, enabled: false } };
    expect(first({ ...facts, settings }).setUp).toMatchObject({ earlyStopping: { enabled: true, restoreBest: true } });
  });
  test('smoothed labels make no gap of their own', () => {
    const smoothed = madeRun({
      train: falling(0.35, 1),
      validation: falling(0.1, 0.97),
      settings: { labelSmoothing: 0.1 },
    });
    expect(toMend(smoothed)).toEqual([]);
  });
});

describe('length', () => {
  test('still improving at the last epoch: twice as long', () => {
    expect(first(BAD['ran out']!)).toMatchObject({ code: 'ran-out', setUp: { epochs: 20 }, values: { epochs: 10 } });
  });
  test('a handful of steps under a schedule that ends at zero: a hundred of them', () => {
    const levelled = (epoch: number) => ({ loss: 1.5 + 0.6 * Math.exp(-epoch / 2.5), accuracy: 0.25 });
    const short = madeRun({
      train: levelled,
      validation: levelled,
      epochs: 8,
      stepsPerEpoch: 1,
      settings: { epochs: 8 },
      status: { finish: 'completed' },
    });
    expect(first(short)).toMatchObject({ code: 'ran-out', setUp: { epochs: 100 } });
  });
  test('a run that was stopped did not run out', () => {
    const facts = BAD['ran out']!;
    expect(codes({ ...facts, status: { ...facts.status, finish: 'stop-keep' } })).not.toContain('ran-out');
  });
  test('early stopping that could not stop anything is worth a note', () => {
    const short = (patience: number) =>
      madeRun({
        train: falling(0.03, 1, 0.5),
        validation: falling(0.1, 0.97, 0.5),
        epochs: 6,
        settings: { epochs: 6, earlyStopping: { ...defaults.earlyStopping, patience } },
        status: { finish: 'completed' },
      });
    const idle = (patience: number): Advice | undefined =>
      diagnose(short(patience)).find(({ code }) => code === 'stopping-idle');
    expect(idle(5)).toMatchObject({ severity: 'note', setUp: { epochs: 16 } });
    expect(idle(2)).toBeUndefined();
  });
});

describe('runs on texts', () => {
  const text = { input: 'text' } as const;
  /** A loss that falls from `from`, and rises again from epoch 4 by `rise` each. */
  const written =
    (from: number, floor: number, rise = 0) =>
    (epoch: number) => ({
      loss: floor + (from - floor) * Math.exp(-epoch / 2) + rise * Math.max(0, epoch - 4),
      accuracy: 0.4 - 0.2 * Math.exp(-epoch / 2),
    });
  const writing = { input: 'text', output: 'token', alters: false, classes: 1 } as const;
  /** Three texts, of one class without a name: what rules about classes would object to. */
  const few = { counts: [[3, 2]], rest: writing } as const;

  test('are altered as texts are', () => {
    const [altered] = diagnose({ ...good(), ...text }).filter(({ code }) => code === 'try-augmentation');
    const { views: _, ...changes } = altered!.setUp!.augmentation!;
    const on = Object.entries(changes).flatMap(([name, value]) => (value ? [name] : []));
    expect(on).toEqual(['synonyms', 'deletion']);
  });

  test('a model that writes hears nothing about classes, nor of altered answers', () => {
    const facts = madeRun({ ...few, train: written(3.4, 2.1), validation: written(3.5, 2.3) });
    expect(codes(facts)).toEqual(['try-freer', 'try-seed']);
    // the same figures of a classifier speak for themselves
    expect(codes({ ...facts, output: 'class' })).toContain('few-examples');
  });

  test('a model that writes and learns its texts by heart hears so', () => {
    const facts = madeRun({ ...few, train: written(3.4, 0.4), validation: written(3.5, 2.3, 0.08) });
    const advice = first(facts);
    expect(advice).toMatchObject({ code: 'overfitting', because: 'turned', severity: 'mend' });
    expect(advice.setUp).not.toHaveProperty('augmentation');
  });

  test('a loss that rises above that of the model before training is a rate too high, whatever even answers would cost', () => {
    const rising = (epoch: number) => ({ loss: 3.4 + 0.4 * Math.min(2, epoch), accuracy: 0.2 });
    expect(first(madeRun({ ...few, train: rising, validation: rising }))).toMatchObject({
      code: 'rate-too-high',
      because: 'rose',
    });
  });
});
