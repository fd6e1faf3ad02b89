import type { CommandOf, Prompt } from '../protocol/messages.ts';
import { ProblemError } from '../protocol/problems.ts';
import type { GeneratedText } from '../protocol/text.ts';
import type { Writing } from '../tasks/engine.ts';
import type { TextProcessor } from '../tasks/processor.ts';
import type { LoadedModel } from './model.ts';
import type { Run } from './runs.ts';
import type { Studio } from './studio.ts';
import { taskOf } from './tasks.ts';
import { finished } from './tried.ts';
import { write } from './writing.ts';

/** The page hears of a text that grows at most so often. */
const INTERVAL_MS = 50;

/** How a model's task writes, and what its texts are made of. Throws `data-unfit` where it answers with classes. */
export function writerOf({ config, processor, summary }: LoadedModel): { writing: Writing; processor: TextProcessor } {
  const { writing } = taskOf(config.architecture);
  if (!writing || processor.kind !== 'text')
    throw new ProblemError('data-unfit', { model: summary.name, task: summary.task, data: 'text' });
  return { writing, processor };
}

/**
 * Writes on from a prompt with a run's weights, or with those it began from. It goes on beside whatever else the worker
 * does, a run that trains included: each takes its turn, token by token and step by step.
 */
export function generateText(studio: Studio, command: CommandOf<'generate'>): Promise<GeneratedText> {
  return studio.streams.run(command.stream, async (stream) => {
    const { which, sampling } = command;
    const run = which === 'tuned' ? finished(studio, command.run) : studio.run(command.run);
    await studio.backend();
    const model = which === 'tuned' ? run.model : await studio.models.baseOf(run);
    const { task } = run.settings;
    const { writing, processor } = writerOf(model);
    let sentAt = Number.NEGATIVE_INFINITY;
    return write({
      network: () => (which === 'tuned' ? studio.networks.tuned(run) : studio.networks.pretrained(model, task)),
      processor,
      edges: writing.edges(processor, task),
      prompt: idsOf(command.prompt, studio, run, writing, processor),
      sampling,
      stream,
      onText(text) {
        if (performance.now() - sentAt < INTERVAL_MS) return;
        sentAt = performance.now();
        studio.emit({ kind: 'generated', stream: command.stream, text });
      },
    });
  });
}

function idsOf(
  prompt: Prompt,
  studio: Studio,
  run: Run,
  writing: Writing,
  processor: TextProcessor,
): readonly number[] {
  const { task } = run.settings;
  switch (prompt.kind) {
    case 'text':
      return writing.prompt([{ role: 'user', content: prompt.text }], processor, task);
    case 'messages':
      return writing.prompt(prompt.messages, processor, task);
    case 'example':
      return writing.exercise(run.data?.dataset ?? studio.needDataset(), prompt.id, processor, task).ids;
    default:
      return prompt satisfies never;
  }
}
