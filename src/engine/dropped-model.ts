import { isZip } from '../data/image/sniff.ts';
import { baseName, commonFolder, tidyPath } from '../data/paths.ts';
import { readZip } from '../data/readers/zip.ts';
import { readDirectory } from '../data/readers/zip-directory.ts';
import { importZip, isExportedZip } from '../export/import.ts';
import { optionsOf } from '../export/settings-file.ts';
import { checkpointFolder } from '../lib/checkpoint-paths.ts';
import type { MethodMeta } from '../methods/meta.ts';
import { METHOD_METAS } from '../methods/metas.ts';
import type { DroppedFile } from '../protocol/dataset.ts';
import { ProblemError } from '../protocol/problems.ts';
import type { RunSettings } from '../protocol/run.ts';
import { PROCESSOR_FILES } from '../tasks/processor.ts';
import { architectureOf, fromImport, type LoadedModel } from './model.ts';
import { methodOf, planRun } from './plan.ts';
import { PretrainedFolder } from './pretrained/folder.ts';
import { readPretrained } from './pretrained/read.ts';
import { withRoom } from './room.ts';
import { importedRun, type Run } from './runs.ts';
import { taskIdOf, taskMetaOf } from './tasks.ts';

/** A model that was dropped in. */
export interface DroppedModel {
  model: LoadedModel;
  /** The run that it came of, where it was exported here. */
  run?: Run;
  /** What it is read from again. */
  files: readonly DroppedFile[];
}

const isModel = (paths: readonly string[]): boolean => isExportedZip(paths) || checkpointFolder(paths) !== undefined;

/**
 * The model in these files, or in a zip of them: one that was exported here, or a checkpoint of Hugging Face
 * `transformers`. Undefined for anything else. Throws what is wrong with it: what `importZip` and `readPretrained` throw.
 */
export async function readModel(
  files: readonly DroppedFile[],
  id: string,
  onProgress: (done: number, total: number) => void = () => {},
): Promise<DroppedModel | undefined> {
  const zip = files.length === 1 ? files[0] : undefined;
  const archive = zip && isZip(new Uint8Array(await zip.file.slice(0, 64).arrayBuffer())) ? zip : undefined;
  const within = archive ? await unzipped(archive) : files;
  const paths = within.map(({ path }) => path);
  if (!isModel(paths)) return undefined;
  if (isExportedZip(paths)) return { ...(await readExport(within, archive?.path, id)), files };
  const folder = new PretrainedFolder(within, archive?.path);
  const { model, files: taken } = await readPretrained(folder, id, onProgress);
  return {
    model,
    files: taken.map((name) => ({ path: `${model.summary.name}/${name}`, file: folder.blob(name) })),
  };
}

/** What is in a zip that holds a model; nothing of any other is unpacked. Throws `model-damaged` where part cannot be. */
async function unzipped({ path, file }: DroppedFile): Promise<DroppedFile[]> {
  const directory = await readDirectory(file);
  if (directory && !isModel(directory.names.map(tidyPath))) return [];
  const { files, problems } = await readZip(file, path);
  const cut = problems.some(({ code }) => code === 'zip-damaged');
  if (cut && (isModel(files.map((entry) => entry.path)) || (await isConfigured(files))))
    throw new ProblemError('model-damaged', { file: path, reason: 'zip' });
  return files;
}

/** Whether a model's configuration is among the files: its weights may be what was cut off. */
async function isConfigured(files: readonly DroppedFile[]): Promise<boolean> {
  const config = files.find(({ path }) => baseName(path) === 'config.json');
  return config !== undefined && /"(model_type|architecture)"/.test(await config.file.text());
}

/** What was exported here. */
async function readExport(
  files: readonly DroppedFile[],
  archive: string | undefined,
  id: string,
): Promise<{ model: LoadedModel; run: Run }> {
  const entries = new Map<string, Uint8Array>();
  for (const { path, file } of files) entries.set(path, new Uint8Array(await file.arrayBuffer()));
  const name = archive ?? commonFolder(files.map(({ path }) => path));
  const imported = importZip(entries, name, (architecture) => ({
    task: taskIdOf(architecture),
    processorFiles: PROCESSOR_FILES[taskMetaOf(architecture).input],
  }));
  const applied = imported.applied && { ...imported.applied, method: knownMethod(imported.applied.method) };
  const loaded = fromImport(id, applied ? { ...imported, applied } : imported);
  const method = applied && methodOf(applied.method, architectureOf(loaded.config));
  const model = method ? withRoom(loaded, method) : loaded;
  const plan = planRun(model, model.labels, { method: { id: 'full', options: {} }, task: imported.settings.task });
  return { model, run: importedRun({ id, model, plan, imported }) };
}

/** A method that a file names, its options such as it takes. Throws `model-config`. */
function knownMethod({ id, options }: RunSettings['method']): RunSettings['method'] {
  const meta = Object.values<MethodMeta>(METHOD_METAS).find((one) => one.id === id);
  const expected = Object.keys(METHOD_METAS).join(', ');
  if (!meta)
    throw new ProblemError('model-config', { file: 'method.json', field: 'id', value: id.slice(0, 80), expected });
  return { id, options: optionsOf(meta.options, options) };
}
