import { expect, it } from 'vitest';
import type { RunMark } from './control.ts';
import { checkpointSteps, inForce, lastKept, MOST_CHECKPOINTS, marksUpTo } from './marks.ts';
import type { RunSettings } from './run.ts';
import { defaultSettings } from './settings.ts';

const settings: RunSettings = {
  ...defaultSettings(),
  model: { kind: 'shipped', id: 'digits-cnn' },
  method: { id: 'head', options: {} },
  task: {},
};
const at = (step: number) => ({ run: 'r', step, epoch: step / 10, seconds: step });
const marks: RunMark[] = [
  { ...at(5), kind: 'change', change: { learningRate: 0.5 } },
  { ...at(12), kind: 'checkpoint' },
  { ...at(12), kind: 'change', change: { patience: 9, stages: ['a'] } },
  { ...at(25), kind: 'change', change: { learningRate: 0.1 } },
];

it('what holds at a step is the settings with every change up to it', () => {
  const { weightDecay, earlyStopping } = settings;
  const first = { learningRate: 0.5, weightDecay, patience: earlyStopping.patience, stages: undefined };
  expect(inForce(settings, marksUpTo(marks, 11))).toEqual(first);
  expect(inForce(settings, marksUpTo(marks, 12))).toEqual({ ...first, patience: 9, stages: ['a'] });
  expect(inForce(settings, marks).learningRate).toBe(0.1);
});

it('a run is taken up from its last whole epoch, or a later checkpoint', () => {
  expect(lastKept({ epoch: 0, stepsPerEpoch: 10 }, [])).toBe(-1);
  expect(lastKept({ epoch: 1, stepsPerEpoch: 10 }, marks)).toBe(12);
  expect(lastKept({ epoch: 2, stepsPerEpoch: 10 }, marks)).toBe(20);
});

it('one checkpoint more than there is room for takes the place of the oldest', () => {
  const asked = Array.from({ length: MOST_CHECKPOINTS + 1 }, (_, i): RunMark => ({ ...at(i + 1), kind: 'checkpoint' }));
  expect(checkpointSteps(asked)).toEqual([2, 3, 4, 5, 6, 7, 8, 9]);
});
