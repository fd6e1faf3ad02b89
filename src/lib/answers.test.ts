import { describe, expect, it } from 'vitest';
import { type Answer, answerOf, confidentMistakes, resultsByGroup } from './answers.ts';
import { wilsonInterval } from './statistics.ts';

const said = (truth: number, ...probabilities: number[]): Answer => ({
  truth,
  probabilities: Float32Array.from(probabilities),
});

describe('answers', () => {
  it('of equal probabilities, the first is the answer', () => {
    expect(answerOf(said(0, 0.25, 0.375, 0.375))).toBe(1);
  });

  it('the most confident mistakes come first, right answers never', () => {
    const answers = [said(0, 0.4, 0.6), said(1, 0.9, 0.1), said(0, 0.99, 0.01), said(1, 0.75, 0.25)];
    expect(confidentMistakes(answers, 2)).toEqual([answers[1], answers[3]]);
    expect(confidentMistakes(answers, 9)).toHaveLength(3);
  });
});

describe('results by group', () => {
  /** Groups: 0 phone (8 of 10 right), 1 camera (all of 20), 2 scanner (nobody); one example without a group. */
  const answers = [
    ...Array.from({ length: 10 }, (_, i) => ({
      ...said(i % 2, ...(i < 8 === (i % 2 === 0) ? [0.9, 0.1] : [0.1, 0.9])),
      of: 0,
    })),
    ...Array.from({ length: 20 }, () => ({ ...said(0, 0.7, 0.3), of: 1 })),
    { ...said(1, 0.2, 0.8), of: -1 },
  ];
  const results = resultsByGroup(answers, ['phone', 'camera', 'scanner'], 2, ({ of }) => of);

  it('count what is right in each, with its interval', () => {
    const [phone, camera, scanner] = results.groups;
    expect(phone).toMatchObject({ name: 'phone', examples: 10, correct: 8, accuracy: 0.8, support: [5, 5] });
    expect(phone!.interval).toEqual(wilsonInterval(8, 10));
    expect(phone!.recall).toEqual([0.8, 0.8]);
    expect(camera).toMatchObject({ examples: 20, accuracy: 1 });
    expect(camera!.recall).toEqual([1, Number.NaN]);
    expect(scanner).toMatchObject({ examples: 0, interval: { low: 0, high: 1 } });
    expect(scanner!.accuracy).toBeNaN();
    expect(results.ungrouped).toBe(1);
  });

  it('name the greatest gap, and whether chance may explain it', () => {
    expect(results.gap).toMatchObject({ best: 1, worst: 0, clear: false });
    expect(results.gap!.difference).toBeCloseTo(0.2, 12);
    expect(results.recallGaps[0]).toMatchObject({ best: 1, worst: 0 });
    // only one group has examples of class 1
    expect(results.recallGaps[1]).toBeUndefined();
    const apart = [
      ...Array.from({ length: 50 }, () => ({ ...said(0, 1, 0), of: 0 })),
      ...Array.from({ length: 50 }, () => ({ ...said(0, 0, 1), of: 1 })),
    ];
    expect(resultsByGroup(apart, ['a', 'b'], 2, ({ of }) => of).gap).toEqual({
      best: 0,
      worst: 1,
      difference: 1,
      clear: true,
    });
  });
});
