import { isZip } from '../data/image/sniff.ts';
import { readZip } from '../data/readers/zip.ts';
import { importZip, isExportedZip } from '../export/import.ts';
import { ProblemError } from '../protocol/problems.ts';
import { PROCESSOR_FILES } from '../tasks/processor.ts';
import { fromImport, type LoadedModel } from './model.ts';
import { planRun } from './plan.ts';
import { importedRun, type Run } from './runs.ts';
import { taskIdOf, taskMetaOf } from './tasks.ts';

/**
 * The model in a zip that was exported here, and the run that it came of; undefined for anything else. Throws what is
 * wrong with it: `model-damaged`, `model-config`, `model-mismatch`.
 */
export async function readExport(
  zip: Blob,
  path: string,
  id: string,
): Promise<{ model: LoadedModel; run: Run } | undefined> {
  if (!isZip(new Uint8Array(await zip.slice(0, 64).arrayBuffer()))) return undefined;
  const { files, problems } = await readZip(zip, path);
  if (!isExportedZip(files.map((entry) => entry.path))) return undefined;
  const cut = problems.find(({ code }) => code === 'zip-damaged');
  if (cut) throw new ProblemError('model-damaged', { file: path, reason: 'zip' });
  const entries = new Map<string, Uint8Array>();
  for (const entry of files) entries.set(entry.path, new Uint8Array(await entry.file.arrayBuffer()));
  const imported = importZip(entries, path, (architecture) => ({
    task: taskIdOf(architecture),
    processorFiles: PROCESSOR_FILES[taskMetaOf(architecture).input],
  }));
  const model = fromImport(id, imported);
  const plan = planRun(model, model.labels, { method: { id: 'full', options: {} }, task: imported.settings.task });
  return { model, run: importedRun({ id, model, plan, imported }) };
}
