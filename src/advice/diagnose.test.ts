import { describe, expect, test } from 'vitest';
import type { Evaluation } from '../protocol/result.ts';
import { diagnose } from './diagnose.ts';
import { ADVICE_CODES, type RunFacts } from './facts.ts';
import { BAD, chance, codes, first, good, straight, toMend } from './testing/runs.ts';
import { falling, madeRun, reportOf } from './testing.ts';

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

describe('forgetting', () => {
  /** The old task before training and at the end, by 200 probes. */
  const withOld = (before: number, after: number, rest: Partial<RunFacts> = {}) => ({
    ...good(),
    replay: 0.3,
    old: {
      step: [0, 200],
      epoch: [0, 20],
      loss: [0, 0],
      accuracy: [before, after],
      examples: [200, 200],
      learningRate: [],
    },
    ...rest,
  });
  const told = (facts: RunFacts) => diagnose(facts).find(({ code }) => code === 'forgetting');

  test('is told with both figures, and replay is set up', () => {
    const values = { startAccuracy: 0.995, accuracy: 0.05, count: 200 };
    expect(told(withOld(0.995, 0.05))).toMatchObject({ severity: 'note', because: 'replay', values });
    expect(told(withOld(0.995, 0.05))!.setUp!.cures).toMatchObject({ replay: 0.3 });
  });

  test('is not what 200 probes leave to chance, nor a gain, nor told of a head alone', () => {
    for (const after of [0.995, 0.98, 1]) expect(told(withOld(0.995, after))).toBeUndefined();
    expect(told(good())).toBeUndefined();
  });

  test('where old examples were played already, smaller steps are set up', () => {
    const { settings } = good();
    const advice = told(withOld(0.995, 0.6, { replay: undefined }))!;
    expect(advice).toMatchObject({ because: 'rate' });
    expect(advice.setUp!.learningRate).toBeCloseTo(settings.learningRate / 3);
  });
});

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
      settings: { ...BAD.overfitting!.settings, fewShot: { examplesPerClass: 4, draw: 0, share: 1 } },
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
