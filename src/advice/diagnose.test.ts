import { describe, expect, test } from 'vitest';
import type { Evaluation } from '../protocol/result.ts';
import { defaultSettings } from '../protocol/settings.ts';
import { diagnose } from './diagnose.ts';
import { ADVICE_CODES, type Advice, type RunFacts } from './facts.ts';
import { falling, madeRun, reportOf } from './testing.ts';

const codes = (facts: RunFacts) => diagnose(facts).map(({ code }) => code);
const first = (facts: RunFacts) => diagnose(facts)[0]!;
const toMend = (facts: RunFacts) => diagnose(facts).filter(({ severity }) => severity === 'mend');
const defaults = defaultSettings();

const good = () => madeRun({ train: falling(0.03, 1), validation: falling(0.1, 0.97) });

test('a good run has nothing to mend, and hears what could still be tried', () => {
  expect(diagnose(good()).map(({ code, severity }) => [code, severity])).toEqual([
    ['try-freer', 'try'],
    ['try-augmentation', 'try'],
    ['try-seed', 'try'],
  ]);
});

test('a run without curves gets no advice', () => {
  const { train, ...rest } = good();
  const none = Object.fromEntries(Object.keys(train).map((name) => [name, []])) as unknown as RunFacts['train'];
  expect(diagnose({ ...rest, train: none })).toEqual([]);
});

test('every advice changes a setting, or leads to the data', () => {
  for (const facts of [good(), ...Object.values(BAD)]) {
    for (const advice of diagnose(facts)) {
      expect(ADVICE_CODES).toContain(advice.code);
      expect(advice.setUp ?? advice.data, advice.code).toBeDefined();
      const changed = Object.entries(advice.setUp ?? { seed: -1 }).filter(
        ([name, value]) => JSON.stringify(facts.settings[name as 'seed']) !== JSON.stringify(value),
      );
      expect(changed, advice.code).not.toEqual([]);
    }
  }
});

const diverged = { code: 'diverged', severity: 'error', values: { step: 42, learningRate: 3e-3 } } as const;
/** Up and down between a loss of 0.4 and one of 1. */
const sawtooth = (epoch: number) => ({
  loss: Math.ceil(epoch) % 2 ? 1 : 0.4,
  accuracy: Math.ceil(epoch) % 2 ? 0.5 : 0.8,
});
const straight = (epoch: number) => ({ loss: 1.1 - 0.02 * epoch, accuracy: 0.4 + 0.01 * epoch });
/** Validation turns at epoch 4 while training goes on. */
const turning = (epoch: number) => ({
  loss: falling(0.3, 0.85, 1.5)(epoch).loss + 0.03 * Math.max(0, epoch - 4),
  accuracy: falling(0.3, 0.85, 1.5)(epoch).accuracy,
});
const chance = () => ({ loss: 1.11, accuracy: 0.34 });

const BAD: Record<string, RunFacts> = {
  diverged: madeRun({
    train: falling(0.03, 1),
    validation: falling(0.1, 0.97),
    status: { phase: 'failed', finish: 'failed', problem: diverged },
  }),
  rose: madeRun({
    train: () => ({ loss: 4, accuracy: 0.6 }),
    validation: (epoch) => ({ loss: epoch ? 5 : 1.1, accuracy: 0.6 }),
  }),
  sawtooth: madeRun({ train: sawtooth, validation: sawtooth }),
  still: madeRun({
    train: () => ({ loss: 1.09, accuracy: 0.35 }),
    validation: chance,
    settings: { learningRate: 1e-6 },
  }),
  straight: madeRun({
    train: straight,
    validation: straight,
    settings: { learningRate: 3e-5 },
    status: { finish: 'completed' },
  }),
  few: madeRun({
    train: falling(0.001, 1, 1),
    validation: turning,
    counts: [
      [4, 30],
      [4, 30],
      [4, 30],
    ],
  }),
  doubted: madeRun({ train: falling(0.03, 1), validation: falling(0.2, 0.93), rest: { report: reportOf(9) } }),
  memorised: madeRun({ train: falling(0.01, 1), validation: () => ({ loss: 1.4, accuracy: 0.35 }) }),
  majority: madeRun({ train: falling(1.05, 0.4, 1), validation: chance }),
  underfitting: madeRun({ train: falling(0.75, 0.66, 2), validation: falling(0.76, 0.66, 2) }),
  overfitting: madeRun({ train: falling(0.001, 1), validation: turning }),
  'ran out': madeRun({
    train: falling(0.05, 1, 7),
    validation: falling(0.1, 0.95, 7),
    epochs: 10,
    settings: { epochs: 10 },
    status: { finish: 'completed' },
  }),
};

describe('learning rate too high', () => {
  test('the loss left all bounds: ten times lower', () => {
    const advice = first(BAD.diverged!);
    expect(advice).toMatchObject({ code: 'rate-too-high', because: 'diverged', values: { step: 42, rate: 3e-3 } });
    expect(advice.setUp!.learningRate).toBeCloseTo(3e-4);
  });
  test('the loss rose above where it began', () => {
    expect(first(BAD.rose!)).toMatchObject({ code: 'rate-too-high', because: 'rose' });
    expect(first(BAD.rose!).values.loss).toBeCloseTo(4, 0);
  });
  test('training pictures that are harder from the start are no rise', () => {
    const harder = { train: () => ({ loss: 1.3, accuracy: 0.3 }), validation: chance };
    expect(first(madeRun({ ...harder, settings: { learningRate: 1e-6 } })).code).toBe('rate-too-low');
  });
  test('the loss goes up and down: three times lower', () => {
    const advice = first(BAD.sawtooth!);
    expect(advice).toMatchObject({ code: 'rate-too-high', because: 'jumps' });
    expect(advice.setUp!.learningRate).toBeCloseTo(1e-3);
  });
  test('noise from step to step is no sawtooth', () => {
    expect(codes(madeRun({ train: falling(0.03, 1), validation: falling(0.1, 0.97), noise: 0.9 }))).not.toContain(
      'rate-too-high',
    );
  });
  test('jumps of a loss that is next to nothing do no harm', () => {
    const tiny = (epoch: number) => ({ loss: Math.ceil(epoch) % 2 ? 0.02 : 0.005, accuracy: 1 });
    expect(toMend(madeRun({ train: tiny, validation: tiny }))).toEqual([]);
  });
});

describe('learning rate too low', () => {
  test('the loss hardly moved: the rate that suits the method', () => {
    expect(first(BAD.still!)).toMatchObject({ code: 'rate-too-low', because: 'still', setUp: { learningRate: 3e-3 } });
  });
  test('the loss falls along a straight line', () => {
    expect(first(BAD.straight!)).toMatchObject({ code: 'rate-too-low', because: 'straight' });
  });
  test('a curve that levels out at the usual rate is another matter', () => {
    expect(codes(BAD.underfitting!)).not.toContain('rate-too-low');
    const usual = madeRun({ train: straight, validation: straight, settings: { learningRate: 3e-3 } });
    expect(codes(usual)).not.toContain('rate-too-low');
  });
  test('a schedule that levels the curve out does not hide it', () => {
    const facts = BAD.straight!;
    // the loss falls with the summed rate, which a linear schedule bends: s - s^2 / 2
    const bent = (i: number) => {
      const s = i / facts.train.step.length;
      return 1.1 - 0.8 * (s - s ** 2 / 2);
    };
    const steps = Array.from({ length: facts.train.step.length }, (_, i) => i);
    const train = {
      ...facts.train,
      loss: steps.map(bent),
      learningRate: steps.map((i) => 3e-5 * (1 - i / steps.length)),
    };
    expect(first({ ...facts, train })).toMatchObject({ code: 'rate-too-low', because: 'straight' });
  });
});

describe('data', () => {
  test('few examples: more of them', () => {
    expect(first(BAD.few!)).toMatchObject({ code: 'few-examples', because: 'all', data: 'add', values: { count: 4 } });
  });
  test('few examples that were drawn: all of them', () => {
    const drawn = {
      ...BAD.overfitting!,
      settings: { ...BAD.overfitting!.settings, fewShot: { examplesPerClass: 4, draw: 0 } },
    };
    expect(first(drawn)).toMatchObject({
      code: 'few-examples',
      because: 'drawn',
      setUp: { fewShot: { examplesPerClass: 0 } },
    });
  });
  test('few examples that are enough are worth a note only', () => {
    const fine = madeRun({
      train: falling(0.01, 1),
      validation: falling(0.05, 0.99),
      counts: [
        [4, 30],
        [4, 30],
        [4, 30],
      ],
    });
    expect(toMend(fine)).toEqual([]);
    expect(first(fine)).toMatchObject({ code: 'few-examples', severity: 'note' });
  });
  test('labels that the report doubts', () => {
    expect(first(BAD.doubted!)).toMatchObject({
      code: 'dirty-labels',
      because: 'report',
      values: { count: 9, share: 0.09 },
    });
    expect(codes({ ...good(), report: reportOf(1) })).not.toContain('dirty-labels');
    expect(codes({ ...good(), report: reportOf(0) })).not.toContain('dirty-labels');
  });
  test('labels learned by heart that say nothing of other pictures', () => {
    expect(codes(BAD.memorised!)).toEqual(['dirty-labels']);
    expect(first(BAD.memorised!)).toMatchObject({ because: 'memorised', data: 'labels' });
  });
  test('no better than the commonest class, with the interval', () => {
    const advice = first(BAD.majority!);
    expect(advice.code).toBe('majority');
    expect(advice.values.low).toBeLessThan(1 / 3);
    expect(advice.values.majority).toBeCloseTo(1 / 3);
  });
  test('few pictures to judge by are told, and make no gap', () => {
    const small = madeRun({
      train: falling(0.02, 1),
      validation: falling(0.1, 0.9),
      counts: [
        [60, 4],
        [60, 3],
        [60, 3],
      ],
    });
    expect(diagnose(small)).toMatchObject([{ code: 'validation-small', severity: 'note', data: 'add' }, {}, {}, {}]);
  });
});

describe('imbalance', () => {
  const counts = [
    [90, 30],
    [90, 30],
    [20, 30],
  ] as const;
  const evaluation = (found: number): Evaluation => ({
    run: 'r',
    split: 'test',
    classes: ['Basil', 'Mint', 'Sage'],
    examples: 90,
    loss: 0.3,
    accuracy: (60 + found) / 90,
    confusion: [
      [30, 0, 0],
      [0, 30, 0],
      [30 - found, 0, found],
    ],
    answers: [],
  });
  const run = (rest: Partial<RunFacts>, settings = {}) =>
    madeRun({ train: falling(0.03, 1), validation: falling(0.1, 0.97), counts, rest, settings });

  test('a small class that is found less often than the rest', () => {
    const advice = diagnose(run({ evaluation: evaluation(12) })).find(({ code }) => code === 'imbalance');
    expect(advice).toMatchObject({
      severity: 'mend',
      because: 'recall',
      values: { class: 'Sage', recall: 0.4, count: 20 },
      setUp: { classWeights: 'balanced' },
    });
  });
  test('a small class that is found as often is none', () => {
    expect(codes(run({ evaluation: evaluation(29) }))).not.toContain('imbalance');
  });
  test('before the evaluation it is a note', () => {
    expect(diagnose(run({})).find(({ code }) => code === 'imbalance')).toMatchObject({
      severity: 'note',
      because: 'counts',
    });
  });
  test('weights that are balanced already leave the data', () => {
    const advice = diagnose(run({ evaluation: evaluation(12) }, { classWeights: 'balanced' })).find(
      ({ code }) => code === 'imbalance',
    );
    expect(advice).toMatchObject({ data: 'add' });
    expect(advice?.setUp).toBeUndefined();
  });
});

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
