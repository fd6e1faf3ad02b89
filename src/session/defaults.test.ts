import { describe, expect, test } from 'vitest';
import type { ModelSummary } from '../protocol/model.ts';
import { forModel, forTask, initialSettings, learningRateOf, taskOf, withOptimizer, withSchedule } from './defaults.ts';

const balanced = () => {
  const settings = initialSettings();
  return {
    ...settings,
    classWeights: 'balanced' as const,
    batchNorm: 'batch' as const,
    augmentation: { ...settings.augmentation, rotate: 10, synonyms: 0.1 },
    fewShot: { examplesPerClass: 4, draw: 1, share: 1 },
    weightDecay: 0.05,
  };
};

describe('the settings for another task', () => {
  test('are told by most of their options: an earlier version knew fewer', () => {
    const writes = forTask(initialSettings(), 'text-generation');
    const { preamble: _, ...before } = writes.task;
    const kept = { ...writes, task: before };
    expect(taskOf(kept).id).toBe('text-generation');
    expect(forTask(kept, 'text-generation').task).toEqual(writes.task);
    expect(forTask(writes, 'text-generation')).toBe(writes);
    expect(taskOf({ task: {} }).id).toBe('image-classification');
  });

  test('keep what both know, and lose what means nothing to a model that writes', () => {
    const { task, classWeights, batchNorm, augmentation, fewShot, weightDecay, learningRate } = forTask(
      balanced(),
      'text-generation',
    );
    expect(task).toMatchObject({ template: 'dialogue', answerOnly: true, maxLength: 128 });
    expect({ classWeights, batchNorm, weightDecay }).toEqual({
      classWeights: 'none',
      batchNorm: 'inference',
      weightDecay: 0.05,
    });
    expect(augmentation).toMatchObject({ rotate: 0, synonyms: 0 });
    expect(fewShot.examplesPerClass).toBe(0);
    expect(learningRate).toBe(learningRateOf('head', 'text-generation'));
  });

  test('of labelled texts keep class weights, few examples and altered texts, not altered pictures', () => {
    const { classWeights, augmentation, fewShot } = forTask(balanced(), 'text-classification');
    expect({ classWeights, few: fewShot.examplesPerClass }).toEqual({ classWeights: 'balanced', few: 4 });
    expect(augmentation).toMatchObject({ rotate: 0, synonyms: 0.1 });
  });

  test('say what they are for, and stay as a person changed them', () => {
    const tasks = ['image-classification', 'text-classification', 'text-generation'];
    const ids = tasks.map((task) => taskOf(forTask(initialSettings(), task)).id);
    expect(ids).toEqual(tasks);
    const changed = { ...balanced(), task: { pooling: 'cls', maxLength: 64 } };
    expect(forTask(changed, 'text-classification')).toBe(changed);
  });
});

describe('another optimizer', () => {
  const settings = { ...initialSettings(), learningRate: 3e-4 };

  test('has a learning rate as much higher or lower as suits it, and back', () => {
    const sgd = withOptimizer(settings, 'sgd');
    expect(sgd).toMatchObject({ optimizer: 'sgd', learningRate: 3e-3, momentum: 0.9 });
    const lion = withOptimizer(sgd, 'lion');
    expect(lion).toMatchObject({ optimizer: 'lion', learningRate: 1e-4, weightDecay: 0.03 });
    expect(withOptimizer(lion, 'adamw').learningRate).toBe(3e-4);
    expect(withOptimizer(settings, 'adam').weightDecay).toBe(0);
    expect(learningRateOf('head', 'image-classification', 'sgd')).toBe(
      10 * learningRateOf('head', 'image-classification'),
    );
  });

  test('and another schedule the factor that suits it', () => {
    expect(withSchedule(settings, 'exponential')).toMatchObject({ schedule: 'exponential', gamma: 0.85 });
    expect(withSchedule(settings, 'linear')).toEqual({ ...settings, schedule: 'linear' });
  });
});

describe('the settings for a model', () => {
  const model = (change: Partial<ModelSummary>): ModelSummary => ({
    ref: { kind: 'imported', id: 'a' },
    name: 'a',
    architecture: 'bert',
    task: 'text-classification',
    input: { kind: 'text', maxLength: 61, vocabulary: 9 },
    labels: ['x', 'y'],
    parameters: 1,
    cached: true,
    ...change,
  });
  const before = forTask(initialSettings(), 'text-classification');
  const own = model({ headOptions: { pooling: 'cls' } });

  test('with a head of its own are those under which it is that head, and no text is longer than it takes', () =>
    expect(forModel(before, own).task).toEqual({ ...before.task, pooling: 'cls', maxLength: 61 }));

  test('go back to their defaults with a model that has none', () => {
    const after = forModel(forModel(before, own), model({ labels: [] }), own);
    expect(after.task.pooling).toBe('mean');
    const chosen = { ...before, task: { ...before.task, pooling: 'cls' } };
    expect(forModel(chosen, model({ labels: [] }), model({})).task.pooling).toBe('cls');
  });

  describe('whose head is tied', () => {
    const gpt = (parameters: number) =>
      model({ architecture: 'gpt2', task: 'text-generation', tiedHead: true, parameters });
    const writes = forTask(initialSettings(), 'text-generation');

    test('train all of it, at the rate that suits that; a large one with LoRA; and back', () => {
      const all = forModel(writes, gpt(1e6), model({}));
      expect(all).toMatchObject({
        method: { id: 'full' },
        learningRate: learningRateOf('full', 'text-generation'),
      });
      expect(forModel(writes, gpt(124e6)).method.id).toBe('lora');
      expect(forModel(all, model({}), gpt(1e6)).method.id).toBe('head');
    });

    test('leave the method that a person chose', () => {
      const chosen = { ...writes, method: { id: 'bias', options: {} }, learningRate: 0.02 };
      expect(forModel(chosen, gpt(1e6), model({}))).toMatchObject({ method: { id: 'bias' }, learningRate: 0.02 });
      const head = forModel(writes, gpt(1e6), gpt(1e6));
      expect(head.method.id).toBe('head');
    });
  });
});
