import { batchesOf, byLength } from '../data/batches.ts';
import type { Dataset } from '../data/opened-dataset.ts';
import { sum } from '../lib/arrays.ts';
import { breathe } from '../lib/breathe.ts';
import { chrf } from '../lib/chrf.ts';
import { seedOf, shuffled } from '../lib/random.ts';
import type { Network } from '../nn/network.ts';
import { textFigures } from '../nn/next-token.ts';
import type { OptionValues } from '../protocol/options.ts';
import { ProblemError } from '../protocol/problems.ts';
import type { GenerationAnswer, GenerationEvaluation } from '../protocol/result.ts';
import type { RunSettings } from '../protocol/run.ts';
import { DEFAULT_SAMPLING } from '../protocol/text.ts';
import { sourceOf } from './examples.ts';
import { writerOf } from './generate.ts';
import type { LoadedModel } from './model.ts';
import { write } from './writing.ts';

/** Texts whose answers are written out, drawn by the run's seed: each takes as long as many that are only scored. */
export const WRITTEN = 40;
/** Examples that are scored together, and logits of theirs that the device holds at most: 256 MiB. */
const BATCH = 16;
const LOGITS = 2 ** 26;

export interface Judged {
  run: string;
  dataset: Dataset;
  ids: readonly number[];
  /** What the run learned from: the words that answers are come from there. */
  train: readonly number[];
  model: LoadedModel;
  /** Asked for each time: a question about another run may take its place meanwhile. */
  network: () => Network;
  settings: Pick<RunSettings, 'task' | 'seed'>;
}

/** Blanks at the ends, and how many lie between words, do not count. */
const plain = (text: string): string => text.trim().replace(/\s+/gu, ' ');

/**
 * A model that writes, on the test set: how likely it finds the given answers, and what it answers itself. Answers alone
 * count, whatever the run learned from. An answer that is cut is judged as far as it goes. Throws `answers-cut` where
 * nothing of any is left.
 */
export async function evaluateWriting(
  o: Judged,
  onProgress: (done: number, total: number) => void,
): Promise<GenerationEvaluation> {
  const drawn = drawnOf(o.ids, o.settings.seed);
  const words = writerOf(o.model).writing.words(o.dataset, o.train);
  const total = o.ids.length + drawn.length * (words ? 2 : 1);
  const scores = await score(o, (done) => onProgress(done, total));
  const tokens = sum([...scores.values()].map((score) => score.tokens));
  if (tokens === 0) throw new ProblemError('answers-cut', { most: Number(o.settings.task.maxLength), reason: 'test' });
  const texts = await writeOut(o, drawn, (done) => onProgress(o.ids.length + done, total));
  const chosen = words && (await choose(o, words, drawn, (done) => onProgress(total - drawn.length + done, total)));
  const answers = o.ids.map((id): GenerationAnswer => {
    const choice = chosen?.get(id);
    return { id, ...scores.get(id)!, ...texts.get(id), ...(choice === undefined ? {} : { chosen: choice.word }) };
  });
  const written = answers.filter((answer) => answer.written !== undefined);
  const loss = sum(answers.map((answer) => answer.loss)) / tokens;
  const share = (values: readonly number[]) => sum(values) / Math.max(1, written.length);
  return {
    run: o.run,
    split: 'test',
    examples: o.ids.length,
    loss,
    perplexity: Math.exp(loss),
    tokenAccuracy: sum(answers.map((answer) => answer.correct)) / tokens,
    tokens,
    written: written.length,
    exactMatch: share(written.map((answer) => (plain(answer.written!) === plain(answer.expected!) ? 1 : 0))),
    chrf: share(written.map((answer) => answer.chrf!)),
    ...(words && chosen
      ? {
          choices: {
            words,
            examples: chosen.size,
            accuracy: sum([...chosen.values()].map(({ right }) => (right ? 1 : 0))) / Math.max(1, chosen.size),
          },
        }
      : {}),
    answers,
  };
}

/** The likeliest of the words for each example: the one with the least loss over all of its tokens (Brown et al. 2020). */
async function choose(
  o: Judged,
  words: readonly string[],
  ids: readonly number[],
  onDone: (done: number) => void,
): Promise<Map<number, { word: string; right: boolean }>> {
  const { writing, processor } = writerOf(o.model);
  const found = new Map<number, { word: string; right: boolean }>();
  for (const id of ids) {
    const { inputs, targets } = writing.answered(o.dataset, id, words, processor, o.settings.task);
    const { loss } = await textFigures(o.network(), { kind: 'arrays', batch: inputs }, targets);
    const word = words[loss.indexOf(Math.min(...loss))]!;
    found.set(id, {
      word,
      right: word === writing.exercise(o.dataset, id, processor, o.settings.task).expected.trim(),
    });
    onDone(found.size);
    await breathe();
  }
  return found;
}

/** Ascending. */
function drawnOf(ids: readonly number[], seed: number): readonly number[] {
  const places = [...shuffled(ids.length, seedOf(seed, 0, 'written'))].slice(0, WRITTEN);
  return places.map((place) => ids[place]!).toSorted((a, b) => a - b);
}

type Score = Pick<GenerationAnswer, 'loss' | 'correct' | 'tokens'>;

async function score(o: Judged, onDone: (done: number) => void): Promise<Map<number, Score>> {
  const task: OptionValues = { ...o.settings.task, packing: false, answerOnly: true };
  const source = sourceOf(o.dataset, o.model, task);
  const scores = new Map<number, Score>();
  const order = byLength(o.ids, source.length);
  for (const batch of batchesOf(order, batchSize(o.model, task))) {
    const { batch: targets } = source.targets(batch, { classes: 1, smoothing: 0 });
    const input = { kind: 'arrays', batch: await source.inputs(batch) } as const;
    const { loss, correct } = await textFigures(o.network(), input, targets);
    const { data, shape } = targets.weights!;
    batch.forEach((id, i) => {
      const own = data.subarray(i * shape[1]!, (i + 1) * shape[1]!);
      scores.set(id, { loss: loss[i]!, correct: correct[i]!, tokens: sum([...own]) });
    });
    onDone(scores.size);
    await breathe();
  }
  return scores;
}

function batchSize({ summary, processor }: LoadedModel, task: OptionValues): number {
  const { input } = summary;
  if (input.kind !== 'text' || processor.kind !== 'text') return BATCH;
  const row = Math.min(processor.maxLength, Number(task.maxLength)) * input.vocabulary;
  return Math.min(BATCH, Math.max(1, Math.floor(LOGITS / row)));
}

type Text = Pick<GenerationAnswer, 'prompt' | 'expected'> & { written?: string; chrf?: number };

/** Greedily; a prompt that leaves no room for an answer is passed over. */
async function writeOut(o: Judged, ids: readonly number[], onDone: (done: number) => void): Promise<Map<number, Text>> {
  const { writing, processor } = writerOf(o.model);
  const { task } = o.settings;
  const texts = new Map<number, Text>();
  for (const [i, id] of ids.entries()) {
    const { prompt, expected, ids: read, most } = writing.exercise(o.dataset, id, processor, task);
    if (read.length < processor.maxLength) {
      const { text } = await write({
        network: o.network,
        processor,
        edges: writing.edges(processor, task),
        prompt: read,
        sampling: { ...DEFAULT_SAMPLING, maxTokens: most, temperature: 0 },
      });
      texts.set(id, { prompt, expected, written: text, chrf: chrf(text, expected) });
    }
    onDone(i + 1);
  }
  return texts;
}
