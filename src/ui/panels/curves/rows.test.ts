import { describe, expect, it } from 'vitest';
import type { StepMetrics } from '@/protocol/run.ts';
import { append, emptySeries, type Series } from '@/session/series.ts';
import { crosshairStops, curveRows, lastWith, nearestWith, withOld } from './rows.ts';

const series = (steps: readonly number[], loss: (step: number) => number, split: StepMetrics['split']): Series =>
  append(
    emptySeries(),
    steps.map((step) => ({
      run: 'r',
      split,
      step,
      epoch: step / 10,
      seconds: step / 4,
      loss: loss(step),
      accuracy: 0.5,
      examples: 16,
    })),
  );
const upTo = (count: number, stride = 1) => Array.from({ length: count }, (_, i) => i * stride);

describe('curve rows', () => {
  it('put a validation on the training step that it follows', () => {
    const rows = curveRows(
      series(upTo(21), () => 1, 'train'),
      series([0, 10, 20, 25], () => 2, 'validation'),
      0,
    );
    expect(rows.filter((row) => row.validationLoss !== undefined).map((row) => row.step)).toEqual([0, 10, 20, 25]);
    expect(rows).toHaveLength(22);
    expect(rows[10]).toMatchObject({ step: 10, epoch: 1, trainLoss: 1, validationLoss: 2 });
  });

  it('draw at most 500 points a line in a run of 10,000 steps', () => {
    const rows = curveRows(
      series(upTo(10_000), (step) => Math.exp(-step / 3000) + Math.sin(step), 'train'),
      series(upTo(1000, 10), () => 1, 'validation'),
      0.6,
    );
    for (const key of ['trainLoss', 'trainLossRaw', 'trainAccuracy', 'validationLoss'] as const)
      expect(rows.filter((row) => row[key] !== undefined).length).toBeLessThanOrEqual(500);
    expect(rows.every((row, i) => i === 0 || row.step > rows[i - 1]!.step)).toBe(true);
    expect(rows.at(-1)!.step).toBe(9999);
  });

  it('leave a gap where a loss is not a number', () => {
    const rows = curveRows(
      series(upTo(5), (step) => (step === 4 ? Number.NaN : 1), 'train'),
      emptySeries(),
      0,
    );
    expect(rows[4]!.trainLossRaw).toBeUndefined();
    expect(lastWith(rows, 'trainLossRaw')!.step).toBe(3);
  });

  it('let a crosshair stand on every whole epoch', () => {
    const stops = crosshairStops(525, 25).map(({ x }) => x);
    expect(stops.length).toBeGreaterThanOrEqual(200);
    for (let epoch = 0; epoch <= 25; epoch++) expect(stops).toContain(epoch * 21);
    expect(crosshairStops(1000, 1000)).toHaveLength(201);
    expect(crosshairStops(12.3, 2.37).at(-1)).toEqual({ x: 12.3 });
  });

  it('find the nearest validation', () => {
    const rows = curveRows(
      series(upTo(21), () => 1, 'train'),
      series([0, 10, 20], () => 2, 'validation'),
      0,
    );
    expect(nearestWith(rows, 'step', 14, 'validationLoss')!.step).toBe(10);
    expect(nearestWith(rows, 'epoch', 1.6, 'validationLoss')!.step).toBe(20);
  });

  it('have the old task where the run was validated, and rows of its own elsewhere', () => {
    const old = series([0, 10, 12, 20], () => 3, 'old');
    const rows = withOld(
      curveRows(
        emptySeries(),
        series([0, 10, 20], () => 2, 'validation'),
        0,
      ),
      old,
    );
    expect(rows.map(({ step, oldAccuracy }) => [step, oldAccuracy])).toEqual(
      [0, 10, 12, 20].map((step) => [step, 0.5]),
    );
    expect(rows[2]!.validationLoss).toBeUndefined();
    expect(withOld(rows, emptySeries())).toEqual(rows);
  });
});
