import { seedOf, shuffled } from '../lib/random.ts';
import type { Learner } from '../nn/learner.ts';
import { DEFAULT_SAMPLING } from '../protocol/text.ts';
import type { Run } from './runs.ts';
import { taskOf } from './tasks.ts';
import type { Watcher } from './watch.ts';
import { write } from './writing.ts';

/** Tokens that are written at a validation at most: enough to see what the model has become. */
const TOKENS = 40;

/**
 * What a run's model says at its validations, always to the same prompt: the settings' own, or that of a validation
 * example drawn by the seed. Always the likeliest token, so that only the weights change it. Undefined for a model that
 * does not write.
 */
export function sampler(run: Run, learner: Learner): Watcher | undefined {
  const { processor, config } = run.model;
  const { writing } = taskOf(config.architecture);
  const question = writing && questionOf(run);
  if (!question || processor.kind !== 'text') return undefined;
  const { control } = run;
  const stream = {
    get stopped() {
      return control.stop !== undefined;
    },
    get lost() {
      return control.stop === 'lost';
    },
  };
  return async ({ run: id, step, epoch }) => {
    const { text, finish } = await write({
      network: () => learner.network,
      processor,
      edges: writing.edges(processor, run.settings.task),
      prompt: question.ids,
      sampling: { ...DEFAULT_SAMPLING, maxTokens: question.most, temperature: 0 },
      stream,
    });
    if (finish === 'cancelled') return [];
    return [{ kind: 'sample', sample: { run: id, step, epoch, prompt: question.prompt, text } }];
  };
}

interface Question {
  prompt: string;
  ids: readonly number[];
  /** Tokens to answer with: what goes on much longer than the given answer is wrong already. */
  most: number;
}

function questionOf({ model, settings, data }: Run): Question | undefined {
  const { processor, config } = model;
  const { writing } = taskOf(config.architecture);
  if (!writing || !data || processor.kind !== 'text') return undefined;
  const { task, seed } = settings;
  const own = String(task.samplePrompt ?? '').trim();
  if (own) {
    const ids = writing.prompt([{ role: 'user', content: own }], processor, task);
    return { prompt: own, ids, most: TOKENS };
  }
  const { validation } = data.ids;
  for (const place of shuffled(validation.length, seedOf(seed, 0, 'sample'))) {
    const exercise = writing.exercise(data.dataset, validation[place]!, processor, task);
    const most = Math.min(TOKENS, exercise.most);
    if (exercise.ids.length + most <= processor.maxLength) return { ...exercise, most };
  }
  return undefined;
}
