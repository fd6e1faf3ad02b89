import { expect, it } from 'vitest';
import type { StepMetrics } from '../protocol/run.ts';
import { oldTaskText } from './card-old-task.ts';

const at = (step: number, accuracy: number, loss = 1): StepMetrics => ({
  ...{ run: 'r', split: 'old', step, epoch: step / 10, seconds: step },
  ...{ loss, accuracy, examples: 64 },
});
const history = [at(0, 1), at(10, 0.75), at(20, 0.25)];
const training = (step: number) => ({ training: { step } }) as Parameters<typeof oldTaskText>[0];

it('tells what the kept weights forgot, not what the last ones did', () => {
  const text = oldTaskText({ ...training(10), oldTask: 'answers', history });
  expect(text).toContain("agreement with the base model's own answers to 64 probes");
  expect(text).toContain('100.0 % before training, 75.0 % with the weights in this folder.');
  expect(text).not.toMatch(/accuracy|25\.0/);
});

it('names the step where the kept weights were not looked at', () => {
  expect(oldTaskText({ ...training(15), oldTask: 'labels', history })).toContain('75.0 % at step 10.');
});

it('has bits a byte of a model that writes, and nothing of a run that was not looked at', () => {
  const text = oldTaskText({
    ...training(20),
    oldTask: 'text',
    history: [at(0, 0.4, Math.LN2), at(20, 0.3, 2 * Math.LN2)],
  });
  expect(text).toContain('40.0 % (1 bits a byte) before training, 30.0 % (2 bits a byte)');
  expect(oldTaskText({ ...training(20), oldTask: 'labels', history: [] })).toBe('');
  expect(oldTaskText({ ...training(20), history })).toBe('');
});

it('names the data of a person that took the place of the probes', () => {
  const text = oldTaskText({ ...training(20), oldTask: 'labels', oldTaskData: 'my digits', history });
  expect(text).toContain("accuracy by the base model's own head on 64 examples of the data set `my digits`): 100.0 %");
});
