import { describe, expect, it } from 'vitest';
import { confidentJoint, confidentThresholds, labelIssues } from './confident-learning.ts';
import fixture from './fixtures/confident-learning.json' with { type: 'json' };

describe.each(fixture.cases)('$classes classes, as cleanlab', ({ classes, labels, probabilities, ...wanted }) => {
  it('has its thresholds', () => {
    confidentThresholds(labels, probabilities, classes).forEach((threshold, j) => {
      expect(threshold).toBeCloseTo(wanted.thresholds[j]!, 12);
    });
  });
  it('counts its confident joint', () => {
    expect(confidentJoint(labels, probabilities, classes)).toEqual(wanted.joint);
  });
  it('finds its issues in its order', () => {
    expect(labelIssues(labels, probabilities, classes).map(({ index }) => index)).toEqual(wanted.issues);
  });
});

describe('label issues', () => {
  it('says what each more probably is', () => {
    const probabilities = [0.9, 0.1, 0.8, 0.2, 0.1, 0.9, 0.2, 0.8, 0.03, 0.97];
    const [issue, ...rest] = labelIssues([0, 0, 1, 1, 0], probabilities, 2);
    expect(rest).toEqual([]);
    expect(issue).toEqual({ index: 4, given: 0, likely: 1, probability: 0.97, margin: expect.closeTo(-0.94, 12) });
  });
  it('takes the likeliest class among those that are confident, not the likeliest of all', () => {
    // Thresholds 0.95, 0.3, 0.2: the last row reaches only the second and the third.
    const probabilities = [0.95, 0.05, 0, 0.7, 0.3, 0, 0.8, 0, 0.2, 0.5, 0.3, 0.2];
    const joint = confidentJoint([0, 1, 2, 2], probabilities, 3);
    expect(joint[2]).toEqual([0, 1, 1]);
  });
  it('is sure of no class that has no examples', () => {
    expect(confidentThresholds([0, 0], [0.6, 0.4, 0.5, 0.5], 2)[1]).toBe(Number.POSITIVE_INFINITY);
    expect(labelIssues([0, 0], [0.1, 0.9, 0.9, 0.1], 2)).toEqual([]);
  });
});
