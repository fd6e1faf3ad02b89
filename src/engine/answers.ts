import type { Dataset } from '../data/opened-dataset.ts';
import type { TunedModel } from '../export/tuned-model.ts';
import { exportZip, type PythonSide } from '../export/zip.ts';
import { MODEL_METAS, shippedModel } from '../models/metas.ts';
import { toDisk } from '../nn/layout.ts';
import { sizeOf } from '../nn/profile.ts';
import type { Tried } from '../protocol/messages.ts';
import { ProblemError } from '../protocol/problems.ts';
import type { Comparison, Evaluation, ExportedFile } from '../protocol/result.ts';
import type { StepMetrics } from '../protocol/run.ts';
import { evaluate, guesses } from './evaluate.ts';
import { sourceOf } from './examples.ts';
import type { LoadedModel } from './model.ts';
import { oldHead } from './old-head.ts';
import { type Run, type SplitIds, tunedValues } from './runs.ts';
import type { Studio } from './studio.ts';
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
export async function evaluateRun(studio: Studio, id: string): Promise<Evaluation> {
  const run = finished(studio, id);
  await studio.backend();
  const { dataset, ids } = examined(studio, run);
  const evaluation = await evaluate(
    {
      run: id,
      split: 'test',
      // asked for each time: a question about another run may take its place meanwhile
      network: { logits: (input) => studio.tuned(run).logits(input) },
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
  const base = await studio.baseOf(run);
  const input = await inputOf(what, run.model, run.settings.task);
  const logits = await studio.tuned(run).logits(input);
  const tuned = guesses(logits, run.classes, GUESSES);
  if (base.labels.length === 0) return { tuned, pretrained: [], oldHead: [], logits };
  const asBefore = await inputOf(what, base, run.settings.task);
  const before = await studio.pretrained(base, run.settings.task).logits(asBefore);
  const head = oldHead(run.model, run.plan.head);
  const kept = await head.logits(studio.tuned(run), input);
  head.dispose();
  return {
    tuned,
    pretrained: guesses(before, base.labels, GUESSES),
    oldHead: guesses(kept, run.model.labels, GUESSES),
    logits,
  };
}

/** The download of a run: its kept weights and all that is known of them. */
export async function exportRun(
  studio: Studio,
  id: string,
  history: readonly StepMetrics[],
  title: string,
): Promise<ExportedFile> {
  const run = finished(studio, id);
  if (!run.evaluation && run.data && run.data.ids.test.length > 0) await evaluateRun(studio, id);
  const model = run.imported ? { ...run.imported, history } : tunedModel(run, history, title);
  return exportZip(model, await pythonSide(studio.root, model.config.architecture, run.model.origin.id));
}

function tunedModel(run: Run, history: readonly StepMetrics[], title: string): TunedModel {
  const { model, plan, settings } = run;
  const values = tunedValues(run);
  const weights = new Map([...plan.profile.weights].map(([name, spec]) => [name, toDisk(values.get(name)!, spec)]));
  const count = (names: Iterable<string>) =>
    [...names].reduce((sum, name) => sum + sizeOf(plan.profile.weights.get(name)!.shape), 0);
  const { kept, evaluation } = run;
  const learnable = [...plan.profile.weights].filter(([, { role }]) => role !== 'stat').map(([name]) => name);
  return {
    title,
    config: { ...plan.config, num_labels: run.classes.length },
    processorFiles: model.processorFiles,
    labels: run.classes,
    weights,
    pretrainedHead: headOf(model, plan.head),
    base: { ...model.origin, shipped: shippedModel(model.origin.id) !== undefined },
    settings: { ...settings, model: { kind: 'shipped', id: model.origin.id } },
    data: {
      name: run.data?.dataset.name ?? title,
      classes:
        run.data?.dataset.counts ?? run.classes.map((name) => ({ name, counts: { train: 0, validation: 0, test: 0 } })),
      split: run.data?.dataset.split ?? { validation: 0, test: 0, seed: 0 },
    },
    training: {
      ...run.device,
      finish: run.status.finish ?? 'completed',
      epoch: kept?.epoch ?? 0,
      step: kept?.step ?? 0,
      seconds: kept?.seconds ?? 0,
      trainable: count(plan.trainable),
      total: count(learnable),
    },
    ...(evaluation
      ? {
          test: {
            examples: evaluation.examples,
            correct: Math.round(evaluation.accuracy * evaluation.examples),
            loss: evaluation.loss,
          },
        }
      : {}),
    history,
  };
}

/** The head that the model came with, as its file holds it. */
function headOf(model: LoadedModel, head: ReadonlySet<string>): TunedModel['pretrainedHead'] {
  const weights = new Map<string, { shape: readonly number[]; data: Float32Array }>();
  for (const name of head) {
    const raw = model.file.get(name);
    if (raw?.data instanceof Float32Array) weights.set(name, { shape: raw.shape, data: raw.data });
  }
  return { labels: model.labels, weights };
}

/** How Python loads the model, and the files that go with it: helpers, and the licence of the model `id`. */
async function pythonSide(root: string, architecture: string, id: string): Promise<PythonSide> {
  const recipe = recipeOf(architecture);
  const notices = shippedModel(id)?.notices ?? [];
  const files: Record<string, string> = {};
  for (const address of ['preprocess.py', ...[...recipe.files, ...notices].map((file) => `${id}/${file}`)]) {
    const response = await fetch(`${root}models/${address}`).catch(() => undefined);
    if (!response?.ok) throw new ProblemError('model-missing', { file: address });
    files[address.split('/').at(-1)!] = await response.text();
  }
  return { recipe, files };
}

function recipeOf(architecture: string): PythonSide['recipe'] {
  const meta = Object.values(MODEL_METAS).find(({ id }) => id === architecture);
  if (!meta) throw new ProblemError('model-config', { field: 'architecture', value: architecture, expected: '' });
  return meta.python;
}
