import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { SCHEDULES, type ScheduleId } from '../protocol/run.ts';
import { learningRateAt, noPlateau, observePlateau, peakStep, type Schedule } from './schedule.ts';

const fixture: {
  settings: Omit<Schedule, 'schedule' | 'warmupSteps'> & { gamma: number; plateauPatience: number };
  cases: { schedule: ScheduleId; warmupSteps: number; rates: number[] }[];
  plateau: { values: (number | null)[]; min: number[]; max: number[] };
} = JSON.parse(await readFile(new URL('./fixtures/schedules.json', import.meta.url), 'utf8'));
const { settings } = fixture;

describe('schedules', () => {
  it.each(fixture.cases)('$schedule after $warmupSteps steps of warm-up equals PyTorch', (one) => {
    const { schedule, warmupSteps, rates } = one;
    for (const [step, rate] of rates.entries())
      expect(learningRateAt(step, { ...settings, schedule, warmupSteps }), `step ${step}`).toBeCloseTo(rate, 12);
  });

  it('every schedule is compared', () => {
    const compared = new Set<string>([...fixture.cases.map(({ schedule }) => schedule), 'plateau']);
    expect([...compared].toSorted()).toEqual([...SCHEDULES].toSorted());
  });

  it.each(['min', 'max'] as const)('plateau watching for the %s equals PyTorch', (mode) => {
    let state = noPlateau;
    fixture.plateau.values.forEach((value, epoch) => {
      for (let i = 0; i < settings.stepsPerEpoch; i++) {
        const step = epoch * settings.stepsPerEpoch + i;
        const rate = state.factor * learningRateAt(step, { ...settings, schedule: 'plateau', warmupSteps: 0 });
        expect(rate, `step ${step}`).toBeCloseTo(fixture.plateau[mode][step]!, 12);
      }
      state = observePlateau(state, settings, mode, value ?? Number.NaN);
    });
    expect(state.factor).toBeLessThan(1);
  });

  it.each(SCHEDULES)('%s is a number from 0 to its peak on every step, whatever the warm-up', (schedule) => {
    for (const warmupSteps of [0, 1, 2, 48, 60]) {
      const o = { ...settings, schedule, warmupSteps };
      const rates = Array.from({ length: settings.totalSteps + 1 }, (_, step) => learningRateAt(step, o));
      for (const rate of rates) expect(rate >= 0 && rate <= settings.peak * (1 + 1e-12), `${warmupSteps}`).toBe(true);
      if (warmupSteps < 48) expect(Math.max(...rates)).toBeCloseTo(learningRateAt(Math.round(peakStep(o)), o), 3);
    }
  });
});
