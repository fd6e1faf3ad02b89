import type { Dataset } from '../data/opened-dataset.ts';
import type { Tried } from '../protocol/messages.ts';
import { ProblemError } from '../protocol/problems.ts';
import type { Comparison, Evaluation, GenerationEvaluation } from '../protocol/result.ts';
import { evaluate, guesses } from './evaluate.ts';
import { evaluateWriting } from './evaluate-writing.ts';
import { sourceOf } from './examples.ts';
import { oldHead } from './old-head.ts';
import type { Run, SplitIds } from './runs.ts';
import type { Studio } from './studio.ts';
import { taskMetaOf } from './tasks.ts';
import { finished, inputOf, resolve } from './tried.ts';

const GUESSES = 5;

/**
 * What a run is judged on: its own data, or the open data for a model that was dropped in, where its classes are equal.
 * Throws `model-mismatch`, `split-too-small`.
 */
export function examined(studio: Studio, run: Run): { dataset: Dataset; ids: SplitIds } {
  const dataset = run.data?.dataset ?? studio.needDataset();
  if (String(dataset.classes) !== String(run.classes))
    throw new ProblemError('model-mismatch', {
      file: run.model.summary.name,
      field: 'labels',
      expected: run.classes.join(', '),
      value: dataset.classes.join(', '),
    });
  const ids = run.data?.ids ?? {
    train: dataset.ids('train'),
    validation: dataset.ids('validation'),
    test: dataset.ids('test'),
  };
  if (ids.test.length === 0) throw new ProblemError('split-too-small', { split: 'test', class: '', count: 0 });
  return { dataset, ids };
}

/** The kept weights on the test set. */
export async function evaluateRun(studio: Studio, id: string): Promise<Evaluation | GenerationEvaluation> {
  const run = finished(studio, id);
  await studio.backend();
  const { dataset, ids } = examined(studio, run);
  if (taskMetaOf(run.model.config.architecture).output === 'token') {
    const network = () => studio.networks.tuned(run);
    const { model, settings } = run;
    const judged = { run: id, dataset, ids: ids.test, train: ids.train, model, network, settings };
    run.generation = await evaluateWriting(judged, studio.progress('evaluate', 'items'));
    return run.generation;
  }
  const evaluation = await evaluate(
    {
      run: id,
      split: 'test',
      // asked for each time: a question about another run may take its place meanwhile
      network: { logits: (input) => studio.networks.tuned(run).logits(input) },
      source: sourceOf(dataset, run.model, run.settings.task),
      ids: ids.test,
      classes: run.classes,
      batchSize: 16,
    },
    studio.progress('evaluate', 'items'),
  );
  run.evaluation = evaluation;
  return evaluation;
}

/** One example on the tuned model, and on the model that it came from with its own head, where that has one. */
export async function compare(studio: Studio, id: string, tried: Tried): Promise<Comparison> {
  const run = finished(studio, id);
  await studio.backend();
  const what = resolve(studio, run, tried);
  const base = await studio.models.baseOf(run);
  const input = await inputOf(what, run.model, run.settings.task);
  const logits = await studio.networks.tuned(run).logits(input);
  const tuned = guesses(logits, run.classes, GUESSES);
  if (base.labels.length === 0 || run.settings.start === 'scratch')
    return { tuned, pretrained: [], oldHead: [], logits };
  const task = { ...run.settings.task, ...base.summary.headOptions };
  const asBefore = await inputOf(what, base, task);
  const before = await studio.networks.pretrained(base, task).logits(asBefore);
  const head = oldHead(run.model);
  const kept = await head.logits(studio.networks.tuned(run), input);
  head.dispose();
  return {
    tuned,
    pretrained: guesses(before, base.labels, GUESSES),
    oldHead: guesses(kept, run.model.labels, GUESSES),
    logits,
  };
}
