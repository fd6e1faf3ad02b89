import { batchesOf } from '../data/batches.ts';
import { breathe } from '../lib/breathe.ts';
import type { TriedText } from '../protocol/messages.ts';
import { ProblemError } from '../protocol/problems.ts';
import type { WordWeights } from '../protocol/result.ts';
import { softmax } from './evaluate.ts';
import type { Studio } from './studio.ts';
import { taskOf } from './tasks.ts';
import { finished, resolve } from './tried.ts';
import { PREFIX_BATCH } from './views.ts';

/** Words that are left out one by one; what follows counts as between words. */
const MOST = 128;

/** A text in pieces, words and what lies between them, as the language's own rules part it. */
export function wordsOf(text: string): { text: string; start: number; word: boolean }[] {
  return Array.from(new Intl.Segmenter(undefined, { granularity: 'word' }).segment(text), (piece) => ({
    text: piece.segment,
    start: piece.index,
    word: piece.isWordLike === true,
  }));
}

/**
 * How much each word of a text speaks for a class: the tuned model's probability with the word, less that without it
 * (Zeiler and Fergus 2014, section 4.2; Li, Monroe and Jurafsky 2016, "Understanding neural networks through representation
 * erasure"). Of a pair, words of the first text. Throws `no-run`, `data-unfit`.
 */
export async function wordWeights(studio: Studio, id: string, tried: TriedText, label: number): Promise<WordWeights> {
  const run = finished(studio, id);
  if (!(label in run.classes)) throw new RangeError(`no class ${label} of ${run.classes.length}`);
  const { processor, config, summary } = run.model;
  const { texts } = taskOf(config.architecture);
  const what = resolve(studio, run, tried);
  if (what.kind !== 'text' || !texts)
    throw new ProblemError('data-unfit', { model: summary.name, task: summary.task, data: 'text' });
  await studio.backend();
  const pieces = wordsOf(what.text);
  const words = pieces.flatMap(({ word }, place) => (word ? [place] : [])).slice(0, MOST);
  const without = (place: number): typeof what => {
    const { start, text } = pieces[place]!;
    return { ...what, text: what.text.slice(0, start) + what.text.slice(start + text.length) };
  };
  const probability = async (tried: readonly (typeof what)[]): Promise<number[]> => {
    const k = run.classes.length;
    const input = { kind: 'arrays', batch: texts(tried, processor, run.settings.task) } as const;
    const logits = await studio.networks.tuned(run).logits(input);
    return tried.map((_, i) => softmax(logits.subarray(i * k, (i + 1) * k))[label]!);
  };
  const [whole] = await probability([what]);
  const weights = new Map<number, number>();
  for (const some of batchesOf(words, PREFIX_BATCH)) {
    const rest = await probability(some.map(without));
    some.forEach((place, i) => {
      weights.set(place, whole! - rest[i]!);
    });
    await breathe();
  }
  return { label, words: pieces.map(({ text }, place) => ({ text, weight: weights.get(place) ?? 0 })) };
}
