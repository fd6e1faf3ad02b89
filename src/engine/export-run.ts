import { TASK_EXPORTS } from '../export/tasks/index.ts';
import type { TunedModel } from '../export/tuned-model.ts';
import { exportZip, type PythonSide } from '../export/zip.ts';
import { shippedModel } from '../models/metas.ts';
import { sizeOf } from '../nn/profile.ts';
import { ProblemError } from '../protocol/problems.ts';
import type { ExportedFile } from '../protocol/result.ts';
import type { StepMetrics } from '../protocol/run.ts';
import { evaluateRun } from './answers.ts';
import { architectureOf, type LoadedModel } from './model.ts';
import { ownHead } from './old-head.ts';
import { recipeOf } from './python-recipe.ts';
import { type Run, tunedValues } from './runs.ts';
import type { Studio } from './studio.ts';
import { taskIdOf, taskMetaOf, taskOf } from './tasks.ts';
import { finished } from './tried.ts';
import { tunedWeights } from './tuned-weights.ts';

/** The download of a run: its kept weights and all that is known of them. */
export async function exportRun(
  studio: Studio,
  id: string,
  history: readonly StepMetrics[],
  title: string,
): Promise<ExportedFile> {
  const run = finished(studio, id);
  if (!isEvaluated(run) && run.data && run.data.ids.test.length > 0) await judge(studio, id);
  const model = run.imported ? { ...run.imported, history } : tunedModel(run, history, title);
  return exportZip(model, await pythonSide(studio.root, model, run.model.origin.id));
}

/** How the old task of a run is scored: by what a person gave, or the probes of a model that the site has, as it came. */
function oldTaskOf({ status, model: { summary } }: Run): Pick<TunedModel, 'oldTask' | 'oldTaskData'> {
  if (status.probes) return { oldTask: status.probes.kind, oldTaskData: status.probes.name };
  const { ref } = summary;
  const probes = ref.kind === 'shipped' ? shippedModel(ref.id)?.probes : undefined;
  return probes ? { oldTask: probes.kind } : {};
}

/** A model that cannot be judged is taken home as well; Evaluate says what is wrong. */
async function judge(studio: Studio, id: string): Promise<void> {
  try {
    await evaluateRun(studio, id);
  } catch (error) {
    if (!(error instanceof ProblemError)) console.warn(error);
  }
}

function tunedModel(run: Run, history: readonly StepMetrics[], title: string): TunedModel {
  const { model, plan, settings } = run;
  const count = (names: Iterable<string>) =>
    [...names].reduce((sum, name) => sum + sizeOf(plan.profile.weights.get(name)!.shape), 0);
  const { kept, evaluation, generation } = run;
  const task = taskIdOf(model.config.architecture);
  const writes = taskMetaOf(model.config.architecture).output === 'token';
  const prompt = taskOf(model.config.architecture).prompt?.(settings.task);
  const shipped = shippedModel(model.origin.id) !== undefined;
  const learnable = [...plan.profile.weights].filter(([, { role }]) => role !== 'stat').map(([name]) => name);
  return {
    title,
    task,
    config: { ...plan.config, num_labels: run.classes.length },
    processorFiles: model.processorFiles,
    labels: writes ? [] : run.classes,
    ...(prompt ? { prompt } : {}),
    ...tunedWeights({
      model,
      plan,
      method: settings.method,
      values: tunedValues(run),
      moved: run.kept?.weights.keys() ?? [],
    }),
    pretrainedHead:
      model.labels.length > 0 && settings.start === 'pretrained' ? headOf(model) : { labels: [], weights: new Map() },
    base: { ...model.origin, shipped },
    ...oldTaskOf(run),
    settings: { ...settings, model: { kind: shipped ? 'shipped' : 'imported', id: model.origin.id } },
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
    ...(generation
      ? {
          written: {
            examples: generation.examples,
            tokens: generation.tokens,
            loss: generation.loss,
            tokenAccuracy: generation.tokenAccuracy,
            answers: generation.written,
            exactMatch: generation.exactMatch,
            chrf: generation.chrf,
          },
        }
      : {}),
    history,
    marks: run.marks,
    matrix: run.matrix,
    inside: run.inside,
  };
}

const isEvaluated = ({ evaluation, generation }: Run): boolean => (evaluation ?? generation) !== undefined;

/** The head that the model came with, as its file holds it. */
function headOf(model: LoadedModel): TunedModel['pretrainedHead'] {
  const weights = new Map<string, { shape: readonly number[]; data: Float32Array }>();
  for (const name of ownHead(architectureOf(model.config)).keys()) {
    const raw = model.file.get(name);
    if (raw?.data instanceof Float32Array) weights.set(name, { shape: raw.shape, data: raw.data });
  }
  return { labels: model.labels, weights };
}

/** How Python loads the model, and the files that go with it: modules, and the licence of the model `id`. */
async function pythonSide(root: string, model: TunedModel, id: string): Promise<PythonSide> {
  const recipe = recipeOf(model);
  const modules = [...TASK_EXPORTS[model.task].modules(model), ...(recipe.method?.files ?? [])];
  const notices = shippedModel(id)?.notices ?? [];
  const files: Record<string, string> = {};
  for (const address of [...modules, ...[...recipe.files, ...notices].map((file) => `${id}/${file}`)]) {
    const response = await fetch(`${root}models/${address}`).catch(() => undefined);
    if (!response?.ok) throw new ProblemError('model-missing', { file: address });
    files[address.split('/').at(-1)!] = await response.text();
  }
  return { recipe, files };
}
