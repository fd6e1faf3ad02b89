import type { IDBPTransaction } from 'idb';
import type { RunSettings } from '../protocol/run.ts';
import { defaultSettings } from '../protocol/settings.ts';
import type { ImportRecord, ProjectRecord } from './records.ts';
import type { Schema, StoreName } from './schema.ts';

/** A project as version 1 had it. */
type OldProject = ProjectRecord & { pictures?: number };

/**
 * From version 1, which knew pictures alone, to 2: data sets, models and settings say now what they are about. In the
 * transaction that changes the version: all of it or nothing.
 */
export async function toVersion2(upgrading: IDBPTransaction<Schema, StoreName[], 'versionchange'>): Promise<void> {
  const [projects, states, runs, imports] = [
    upgrading.objectStore('projects'),
    upgrading.objectStore('states'),
    upgrading.objectStore('runs'),
    upgrading.objectStore('imports'),
  ];
  const examples = new Map<string, number>();
  for (const record of await states.getAll()) {
    const { state, draft } = record;
    examples.set(record.project, state.labels.length);
    await states.put({ ...record, state: { ...state, kind: 'image' }, draft: draft && withTask(draft) });
  }
  for (const record of (await projects.getAll()) as OldProject[]) {
    const { pictures = 0, ...rest } = record;
    await projects.put({ ...rest, kind: 'image', pieces: pictures, examples: examples.get(record.id) ?? pictures });
  }
  for (const record of await runs.getAll()) await runs.put({ ...record, settings: withTask(record.settings) });
  for (const record of await imports.getAll())
    await imports.put({ ...record, summary: { ...record.summary, task: 'image-classification' } });
}

/** Settings that lack what came with texts. */
const withTask = (settings: RunSettings): RunSettings => ({
  ...settings,
  task: {},
  augmentation: { ...defaultSettings().augmentation, ...settings.augmentation },
});

/** A model that was dropped in, as versions 1 and 2 had it. */
type OldImport = Omit<ImportRecord, 'files'> & { path: string; file: string };

/** To version 3, where a model that was dropped in may have several files. */
export async function toVersion3(upgrading: IDBPTransaction<Schema, StoreName[], 'versionchange'>): Promise<void> {
  const imports = upgrading.objectStore('imports');
  for (const record of (await imports.getAll()) as unknown as OldImport[]) {
    const { path, file, ...rest } = record;
    await imports.put({ ...rest, files: [{ path, file }] });
  }
}
