import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { type Answer, answerOf, confidentMistakes } from './answers.ts';
import { brierScore, calibration } from './calibration.ts';
import { balancedAccuracy, confusedPairs, macroF1, weightedF1 } from './metrics.ts';
import { uniform } from './random.ts';
import { type Curve, classRanking, macroMean, macroRoc, microRanking, type Ranking, rankAnswers } from './ranking.ts';

interface CurveFixture {
  points: number;
  at: number[];
  x: (number | null)[];
  y: (number | null)[];
}
interface RankingFixture {
  auc: number | null;
  averagePrecision: number | null;
  roc: CurveFixture;
  precisionRecall: CurveFixture | null;
}
interface Case {
  name: string;
  truth: number[];
  probabilities: number[][];
  confusion: number[][];
  macroF1: number;
  weightedF1: number;
  balancedAccuracy: number;
  brier: number;
  sklearnBrier: number;
  reliability: { accuracy: number[]; confidence: number[] };
  expectedError: Record<string, number>;
  classes: RankingFixture[];
  micro: RankingFixture;
  macroRoc: number[] | null;
}

/** Made by `scripts/models/metric_fixtures.py`. */
const { cases } = JSON.parse(readFileSync(new URL('fixtures/metrics.json', import.meta.url), 'utf8')) as {
  cases: Case[];
};

/** Equal within 1e-6; null is "no number". */
function expectSame(ours: number, theirs: number | null, what: string): void {
  if (theirs === null) expect(ours, what).toBeNaN();
  else expect(Math.abs(ours - theirs), `${what}: ${ours}, expected ${theirs}`).toBeLessThan(1e-6);
}

function expectCurve(ours: Curve, theirs: CurveFixture, what: string): void {
  expect(ours.x, what).toHaveLength(theirs.points);
  theirs.at.forEach((place, i) => {
    expectSame(ours.x[place]!, theirs.x[i]!, `${what} x[${place}]`);
    expectSame(ours.y[place]!, theirs.y[i]!, `${what} y[${place}]`);
  });
}

function expectRanking(ours: Ranking, theirs: RankingFixture, what: string): void {
  expectSame(ours.auc, theirs.auc, `${what} AUC`);
  expectSame(ours.averagePrecision, theirs.averagePrecision, `${what} average precision`);
  expectCurve(ours.roc, theirs.roc, `${what} ROC`);
  if (theirs.precisionRecall) expectCurve(ours.precisionRecall, theirs.precisionRecall, `${what} precision-recall`);
}

describe.each(cases)('against scikit-learn: $name', (fixture) => {
  const answers = fixture.truth.map(
    (truth, i): Answer => ({ truth, probabilities: Float32Array.from(fixture.probabilities[i]!) }),
  );
  const rankings = fixture.classes.map((_, k) => classRanking(answers, k));

  it('F1, balanced accuracy, Brier score', () => {
    const confusion = fixture.classes.map(() => fixture.classes.map(() => 0));
    for (const answer of answers) confusion[answer.truth]![answerOf(answer)]!++;
    expect(confusion).toEqual(fixture.confusion);
    expectSame(macroF1(confusion), fixture.macroF1, 'macro F1');
    expectSame(weightedF1(confusion), fixture.weightedF1, 'weighted F1');
    expectSame(balancedAccuracy(confusion), fixture.balancedAccuracy, 'balanced accuracy');
    expectSame(brierScore(answers), fixture.brier, 'Brier');
    expectSame(brierScore(answers), fixture.sklearnBrier, 'Brier of scikit-learn');
  });

  it('reliability and expected calibration error', () => {
    const filled = calibration(answers).bins.filter(({ examples }) => examples > 0);
    expect(filled).toHaveLength(fixture.reliability.accuracy.length);
    filled.forEach(({ accuracy, confidence }, i) => {
      expectSame(accuracy, fixture.reliability.accuracy[i]!, `accuracy of bin ${i}`);
      expectSame(confidence, fixture.reliability.confidence[i]!, `confidence of bin ${i}`);
    });
    for (const [bins, error] of Object.entries(fixture.expectedError))
      expectSame(calibration(answers, Number(bins)).expectedError, error, `calibration error, ${bins} bins`);
  });

  it('ROC and precision-recall of every class, micro and macro', () => {
    for (const [k, ranking] of rankings.entries()) expectRanking(ranking, fixture.classes[k]!, `class ${k}`);
    expectRanking(microRanking(answers), fixture.micro, 'micro');
    const known = fixture.classes.flatMap(({ auc }) => auc ?? []);
    const mean = known.length > 0 ? known.reduce((a, b) => a + b) / known.length : null;
    expectSame(macroMean(rankings.map(({ auc }) => auc)), mean, 'macro AUC');
    if (!fixture.macroRoc) return;
    const { y } = macroRoc(rankings, fixture.macroRoc.length);
    for (const [i, value] of fixture.macroRoc.entries()) expectSame(y[i]!, value, `macro ROC ${i}`);
  });
});

describe('ten thousand answers of ten classes', () => {
  const next = uniform(7);
  const answers = Array.from({ length: 10_000 }, (_, i): Answer => {
    const logits = Array.from({ length: 10 }, (_, k) => Math.exp(3 * next() + (k === i % 10 ? 1 : 0)));
    const sum = logits.reduce((a, b) => a + b);
    return { truth: i % 10, probabilities: Float32Array.from(logits, (value) => value / sum) };
  });
  it('are ranked class by class, with pauses', async () => {
    const few = answers.slice(0, 300);
    const { classes, micro, macro } = await rankAnswers(few, 10);
    expect(classes[3]).toEqual(classRanking(few, 3));
    expect(micro).toEqual(microRanking(few));
    expect(macro.auc).toBe(macroMean(classes.map(({ auc }) => auc)));
    expect(macro.roc).toEqual(macroRoc(classes));
  });

  const all = () => {
    const rankings = Array.from({ length: 10 }, (_, k) => classRanking(answers, k));
    return [
      rankings,
      macroRoc(rankings),
      microRanking(answers),
      calibration(answers),
      brierScore(answers),
      confidentMistakes(answers, 24),
    ];
  };

  it('take no longer than a page may be busy', () => {
    // of the processor, and the best of some: other work on the machine must not count
    const milliseconds = Array.from({ length: 7 }, () => {
      const before = process.cpuUsage();
      all();
      const { user, system } = process.cpuUsage(before);
      return (user + system) / 1000;
    });
    expect(Math.min(...milliseconds)).toBeLessThan(50);
  });
});

describe('confused pairs', () => {
  it('most mistakes first; of equal counts, the greater share of a class', () => {
    const confusion = [
      [8, 2, 0],
      [0, 3, 1],
      [5, 0, 95],
    ];
    expect(confusedPairs(confusion, 9)).toEqual([
      { truth: 2, answer: 0, count: 5, share: 0.05 },
      { truth: 0, answer: 1, count: 2, share: 0.2 },
      { truth: 1, answer: 2, count: 1, share: 0.25 },
    ]);
    expect(confusedPairs(confusion, 1)).toHaveLength(1);
  });
});
