import { beforeAll, describe, expect, it } from 'vitest';
import { forTask, initialSettings } from '../session/defaults.ts';
import { evaluateRun } from './answers.ts';
import { evaluateBase } from './base.ts';
import type { Studio } from './studio.ts';
import { labelled, studioWith } from './testing/texts.ts';
import { startRun } from './training.ts';

const model = { kind: 'shipped', id: 'tiny-gpt' } as const;
const of = (method: string, options: Record<string, number | string>) => ({
  ...forTask({ ...initialSettings(), model, epochs: 40, batchSize: 8, learningRate: 3e-3 }, 'text-generation'),
  model,
  method: { id: method, options },
});

/** Questions whose answer is one of two words. */
const NAMES = ['whale', 'ship', 'captain', 'harpoon', 'sea', 'boat', 'mast', 'sail', 'crew', 'storm', 'anchor', 'deck'];
const rows = NAMES.flatMap((name) => [
  [`The old ${name} was black`, 'dark'] as const,
  [`The new ${name} was white`, 'bright'] as const,
]);

let studio: Studio;
beforeAll(async () => {
  studio = studioWith(await labelled(rows));
  await studio.chooseBackend('wasm');
}, 120_000);

describe('labelled texts before a model that writes', () => {
  it('prompt design: nothing trains, solved examples of each class stand before every question', async () => {
    const status = await startRun(
      studio,
      'design',
      of('prompt-design', { shots: 4, instruction: 'Say dark or bright.' }),
    );
    expect(status).toMatchObject({ phase: 'done', finish: 'completed', step: 0, trainable: 0 });
    const run = studio.run('design');
    const preamble = String(run.settings.task.preamble);
    expect(preamble.startsWith('Say dark or bright.\n')).toBe(true);
    expect(preamble.match(/Answer: dark/g)).toHaveLength(2);
    expect(preamble.match(/Answer: bright/g)).toHaveLength(2);
    // shown are training examples alone
    const { dataset, ids } = run.data!;
    for (const id of [...ids.validation, ...ids.test]) {
      const example = dataset.kind === 'text' && dataset.example(id);
      if (example && 'text' in example) expect(preamble).not.toContain(example.text);
    }
    const evaluation = await evaluateRun(studio, 'design');
    if (!('perplexity' in evaluation)) throw new Error('a model that writes is wanted');
    expect(evaluation.choices).toMatchObject({ words: ['bright', 'dark'], examples: ids.test.length });
    // what stands before a question makes its answer likelier
    const base = await evaluateBase(studio, 'design');
    if (!('perplexity' in base)) throw new Error('a model that writes is wanted');
    expect(base.loss).toBeGreaterThan(0);
  }, 120_000);

  it('the same from the same seed', async () => {
    await startRun(studio, 'again', of('prompt-design', { shots: 4, instruction: 'Say dark or bright.' }));
    expect(studio.run('again').settings.task.preamble).toBe(studio.run('design').settings.task.preamble);
    expect(studio.run('again').status.best?.value).toBe(studio.run('design').status.best?.value);
  }, 120_000);

  it('trained on, it chooses the right word', async () => {
    await startRun(studio, 'trained', of('full', {}));
    const evaluation = await evaluateRun(studio, 'trained');
    if (!('perplexity' in evaluation)) throw new Error('a model that writes is wanted');
    expect(evaluation.choices!.accuracy).toBe(1);
    expect(evaluation.answers.every(({ chosen, expected }) => chosen === expected)).toBe(true);
  }, 120_000);

  it('examples that leave no room are told', async () => {
    await expect(
      startRun(studio, 'much', of('prompt-design', { shots: 32, instruction: 'word '.repeat(300) })),
    ).rejects.toThrow('examples-no-room');
  }, 60_000);
});
