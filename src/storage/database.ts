import { type DBSchema, type IDBPDatabase, type IDBPTransaction, openDB } from 'idb';
import type {
  ImportRecord,
  PointsRecord,
  ProjectRecord,
  RunRecord,
  SegmentRecord,
  SnapshotRecord,
  StateRecord,
} from './records.ts';
import { toVersion2 } from './upgrade.ts';

export interface Schema extends DBSchema {
  projects: { key: string; value: ProjectRecord };
  states: { key: string; value: StateRecord };
  segments: { key: [string, number]; value: SegmentRecord };
  runs: { key: [string, string]; value: RunRecord };
  snapshots: { key: [string, string]; value: SnapshotRecord };
  points: { key: [string, string, number]; value: PointsRecord };
  imports: { key: [string, string]; value: ImportRecord };
}
export type Database = IDBPDatabase<Schema>;
/** A transaction that writes. */
export type Writing = IDBPTransaction<Schema, StoreName[], 'readwrite'>;

/** Each record's key begins with its project. */
const KEYS = {
  projects: 'id',
  states: 'project',
  segments: ['project', 'from'],
  runs: ['project', 'id'],
  snapshots: ['project', 'run'],
  points: ['project', 'run', 'from'],
  imports: ['project', 'id'],
} as const;
export type StoreName = keyof typeof KEYS;
export const STORES = Object.keys(KEYS) as StoreName[];

export const openDatabase = (name = 'tuning-fork'): Promise<Database> =>
  openDB<Schema>(name, 2, {
    async upgrade(db, from, _, upgrading) {
      if (from === 0)
        for (const store of STORES) db.createObjectStore(store, { keyPath: KEYS[store] as string | string[] });
      else await toVersion2(upgrading);
    },
    // a newer version of the page waits for this one
    blocking: (_, __, event) => (event.target as IDBDatabase).close(),
  });

/** Every key that begins so: an array comes after all texts and numbers. */
export const within = (...start: string[]): IDBKeyRange => IDBKeyRange.bound(start, [...start, []]);
