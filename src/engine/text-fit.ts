import { wholeText } from '../data/text/messages.ts';
import type { OpenedTexts } from '../data/text-dataset.ts';
import { add, type Coverage, coverageOf } from '../lib/coverage.ts';
import { seedOf, shuffled } from '../lib/random.ts';
import { Turns } from '../lib/turns.ts';
import type { ModelRef } from '../protocol/model.ts';
import type { OptionValues } from '../protocol/options.ts';
import { ProblemError } from '../protocol/problems.ts';
import type { TextFit } from '../protocol/text.ts';
import { fits } from './examples.ts';
import { type Look, lookOnce } from './looks.ts';
import type { LoadedModel } from './model.ts';
import type { Studio } from './studio.ts';
import { taskIdOf, taskOf } from './tasks.ts';

/** Examples that are looked at. */
const SAMPLE = 2000;
const SEED = 42;
/** Examples that are named of the longest, and of those that the model knows worst. */
const NAMED = 5;
/** Characters of a text that are looked at for what the vocabulary lacks. */
const BEGINNING = 5000;

/**
 * How the open texts look to a model under a task's options, cut as training cuts them. Throws `no-dataset`, `data-unfit`
 * where the model is for other data, and what loading it throws.
 */
export async function textFit(studio: Studio, ref: ModelRef, task: OptionValues): Promise<TextFit> {
  const { worst: _, lengths: __, ...fit } = await lookAt(studio, ref, task, studio.progress('tokens', 'items'));
  return fit;
}

/** The same with the examples that the model knows worst; made once. */
export async function lookAt(
  studio: Studio,
  ref: ModelRef,
  task: OptionValues,
  onProgress: (done: number, total: number) => void = () => {},
): Promise<Look> {
  const dataset = studio.openedTexts();
  const reader = await studio.models.reader(ref);
  if (!fits(dataset, reader.config)) {
    const values = { model: ref.id, task: taskIdOf(reader.config.architecture), data: dataset.kind };
    throw new ProblemError('data-unfit', values);
  }
  return lookOnce(dataset, ref, task, () => measure(dataset, reader, task, onProgress));
}

async function measure(
  dataset: OpenedTexts,
  { config, processor }: Pick<LoadedModel, 'config' | 'processor'>,
  task: OptionValues,
  onProgress: (done: number, total: number) => void,
): Promise<Look> {
  const { tokens } = taskOf(config.architecture);
  if (!tokens || processor.kind !== 'text') throw new TypeError('a model of texts is wanted');
  const ids = sampleOf(dataset);
  const coverage = coverageOf(processor.tokenizer);
  const total: Coverage = { tokens: 0, unknown: 0, single: 0, words: 0 };
  const seen: { id: number; whole: number; taken: number; foreign: number }[] = [];
  let longest = 0;
  const turns = new Turns();
  onProgress(0, ids.length);
  for (const id of ids) {
    const example = dataset.example(id);
    const { whole, most } = tokens(example, processor, task);
    const known = coverage(wholeText(example).slice(0, BEGINNING));
    add(total, known);
    const foreign = known.tokens > 0 ? (known.unknown + known.single) / known.tokens : 0;
    seen.push({ id, whole, taken: Math.min(whole, most), foreign });
    longest = most;
    if (await turns.next()) onProgress(seen.length, ids.length);
  }
  onProgress(ids.length, ids.length);
  const share = (count: number) => (total.tokens > 0 ? count / total.tokens : 0);
  const byLength = seen.toSorted((a, b) => b.whole - a.whole || a.id - b.id);
  const byForeign = seen.filter(({ foreign }) => foreign > 0).sort((a, b) => b.foreign - a.foreign || a.id - b.id);
  return {
    examples: seen.length,
    median: byLength[seen.length >> 1]?.whole ?? 0,
    longest: byLength[0]?.whole ?? 0,
    truncated: seen.filter(({ whole, taken }) => whole > taken).length,
    longestIds: byLength.slice(0, NAMED).map(({ id }) => id),
    unknown: share(total.unknown),
    single: share(total.single),
    mean: seen.reduce((sum, { taken }) => sum + taken, 0) / Math.max(1, seen.length),
    worst: byForeign.slice(0, NAMED).map(({ id }) => id),
    ...(Number.isFinite(longest)
      ? { lengths: { taken: seen.map(({ taken }) => taken).sort((a, b) => a - b), most: longest } }
      : {}),
  };
}

/** Of those that are not left out: all, or a part that the seed draws, in order. */
function sampleOf({ state: { excluded } }: OpenedTexts): number[] {
  const ids = Array.from(excluded.keys()).filter((id) => !excluded[id]);
  if (ids.length <= SAMPLE) return ids;
  const drawn = shuffled(ids.length, seedOf(SEED, 0, 'text-fit')).slice(0, SAMPLE);
  return Array.from(drawn.sort(), (place) => ids[place]!);
}
