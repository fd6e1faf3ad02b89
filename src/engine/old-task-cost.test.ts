import { describe, expect, it } from 'vitest';
import { chooseLooks } from './old-task-cost.ts';

const probe = { once: 1, each: 1 };
const how = { kind: 'answers', count: 64, epochs: 20 } as const;
/** What looking costs, of a run. */
const share = (run: number, { count, every }: { count: number; every: number }, epochs = how.epochs) =>
  (count * (probe.once + (1 + Math.ceil(epochs / every)) * probe.each)) / run;

describe('how often the old task is looked at', () => {
  it('takes less than a tenth of a run, whatever its length', () => {
    for (const run of [5e3, 1e4, 3e4, 1e5]) expect(share(run, chooseLooks(run, probe, how))).toBeLessThan(0.1);
  });

  it('uses all probes at each validation of a long run, then fewer of them, then fewer looks', () => {
    expect(chooseLooks(1e5, probe, how)).toEqual({ count: 64, every: 1 });
    const { count, every } = chooseLooks(1e4, probe, how);
    expect(every).toBe(1);
    expect(count).toBeGreaterThanOrEqual(12);
    expect(count).toBeLessThan(64);
    expect(chooseLooks(2e3, probe, how).every).toBeGreaterThan(1);
  });

  it('of a run that is too short, the two ends by the fewest; every look where a look costs next to nothing', () => {
    expect(chooseLooks(10, probe, how)).toEqual({ count: 12, every: 20 });
    expect(chooseLooks(10, { once: 1, each: 1e-3 }, how)).toEqual({ count: 12, every: 1 });
  });
});
