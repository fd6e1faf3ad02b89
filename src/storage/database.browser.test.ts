import { deleteDB, openDB } from 'idb';
import { expect, it } from 'vitest';
import { defaultSettings } from '../protocol/settings.ts';
import { openDatabase } from './database.ts';

const NAME = 'from-version-1';

/** What the first version wrote of a project of three pictures, of which one is not kept yet, with a run and a model. */
async function version1(): Promise<void> {
  await deleteDB(NAME);
  const keys = {
    projects: 'id',
    states: 'project',
    segments: ['project', 'from'],
    runs: ['project', 'id'],
    snapshots: ['project', 'run'],
    points: ['project', 'run', 'from'],
    imports: ['project', 'id'],
  };
  const db = await openDB(NAME, 1, {
    upgrade(old) {
      for (const [store, keyPath] of Object.entries(keys)) old.createObjectStore(store, { keyPath });
    },
  });
  const { augmentation, ...rest } = defaultSettings();
  const { synonyms: _, swap: __, deletion: ___, ...pictures } = augmentation;
  const settings = { ...rest, epochs: 7, augmentation: { ...pictures, rotate: 5 } };
  await db.put('projects', {
    id: 'p',
    name: 'herbs',
    pictures: 2,
    classes: 2,
    runs: 1,
    bytes: 9,
    savedAt: 1,
    cover: [],
  });
  await db.put('states', { project: 'p', state: { id: 'p', labels: Int32Array.of(0, 1, 1) }, draft: settings });
  await db.put('runs', { project: 'p', id: 'r', settings });
  await db.put('imports', { project: 'p', id: 'm', path: 'a.zip', file: 'f', bytes: 4, summary: { name: 'mine' } });
  db.close();
}

it('opens what the first version kept, as data and models of pictures', async () => {
  await version1();
  const db = await openDatabase(NAME);
  const project = { id: 'p', name: 'herbs', kind: 'image', pieces: 2, examples: 3, classes: 2, runs: 1, bytes: 9 };
  expect(await db.getAll('projects')).toEqual([{ ...project, savedAt: 1, cover: [] }]);
  const settings = { task: {}, epochs: 7, augmentation: { rotate: 5, synonyms: 0, deletion: 0 } };
  expect(await db.get('states', 'p')).toMatchObject({ state: { kind: 'image', id: 'p' }, draft: settings });
  expect(await db.get('runs', ['p', 'r'])).toMatchObject({ id: 'r', settings });
  expect(await db.get('imports', ['p', 'm'])).toEqual({
    project: 'p',
    id: 'm',
    files: [{ path: 'a.zip', file: 'f' }],
    bytes: 4,
    summary: { name: 'mine', task: 'image-classification' },
  });
  db.close();
  // once is enough
  const again = await openDatabase(NAME);
  expect(await again.getAll('projects')).toMatchObject([project]);
  again.close();
  await deleteDB(NAME);
});
