import { fitMeans, fitScale, squaredDistances } from '../lib/nearest-mean.ts';
import { seedOf, shuffled } from '../lib/random.ts';
import type { Evaluation, GenerationEvaluation } from '../protocol/result.ts';
import { examined } from './answers.ts';
import { evaluate } from './evaluate.ts';
import { evaluateWriting } from './evaluate-writing.ts';
import { sourceOf } from './examples.ts';
import { featuresOf, penultimate } from './features.ts';
import type { Studio } from './studio.ts';
import { taskMetaOf } from './tasks.ts';
import { finished } from './tried.ts';

const BATCH = 16;
/** Of each class: a mean of so many examples hardly moves any more, and one number is fitted on the others. */
const MOST = { train: 50, validation: 20 };

/** At most `most` ids of each class, drawn from the seed, in ascending order. */
export function fewOfEach(
  ids: readonly number[],
  label: (id: number) => number,
  most: number,
  seed: number,
): readonly number[] {
  const taken = new Map<number, number>();
  const chosen = [...shuffled(ids.length, seedOf(seed, 0, 'few of each'))].flatMap((place) => {
    const id = ids[place]!;
    const count = (taken.get(label(id)) ?? 0) + 1;
    taken.set(label(id), count);
    return count <= most ? [id] : [];
  });
  return chosen.toSorted((a, b) => a - b);
}

/**
 * The model before training, whatever it began with, on the examples that the tuned one is judged by: the nearest class mean
 * of the run's training pictures in its features. Probabilities are softmax(-s d²) with s fitted on the validation pictures,
 * so that loss and confidence can stand beside the tuned model's. A model that writes is judged as it came. Made once for a
 * run.
 */
export async function evaluateBase(studio: Studio, id: string): Promise<Evaluation | GenerationEvaluation> {
  const run = finished(studio, id);
  const known = run.baseEvaluation ?? run.baseGeneration;
  if (known) return known;
  await studio.backend();
  const { dataset, ids } = examined(studio, run);
  const base = await studio.models.baseOf(run);
  const { seed, task } = run.settings;
  const network = () =>
    run.plan.start === 'scratch' ? studio.networks.begun(run) : studio.networks.pretrained(base, task);
  if (taskMetaOf(base.config.architecture).output === 'token') {
    const judged = { run: id, dataset, ids: ids.test, train: ids.train, model: base, network, settings: run.settings };
    const generation = await evaluateWriting(judged, studio.progress('evaluate-base', 'items'));
    if (run.data) run.baseGeneration = generation;
    return generation;
  }
  const source = sourceOf(dataset, base, task);
  const train = fewOfEach(ids.train, source.label, MOST.train, seed);
  const validation = fewOfEach(ids.validation, source.label, MOST.validation, seed);
  const total = train.length + validation.length + ids.test.length;
  const progress = studio.progress('evaluate-base', 'items');
  const labels = (of: readonly number[]) => of.map(source.label);
  const k = run.classes.length;
  const learnt = await featuresOf(network, source, train, BATCH, (done) => progress(done, total));
  const means = fitMeans(learnt, labels(train), k);
  const seen = await featuresOf(network, source, validation, BATCH, (done) => progress(train.length + done, total));
  const scale = fitScale(squaredDistances(means, seen), labels(validation), k);
  const evaluation = await evaluate(
    {
      run: id,
      split: 'test',
      network: {
        logits: async (input) =>
          Float32Array.from(squaredDistances(means, await penultimate(network(), input)), (d) => -scale * d),
      },
      source,
      ids: ids.test,
      classes: run.classes,
      batchSize: BATCH,
    },
    (done) => progress(total - ids.test.length + done, total),
  );
  if (run.data) run.baseEvaluation = evaluation;
  return evaluation;
}
