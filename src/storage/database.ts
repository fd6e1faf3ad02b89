import { type IDBPDatabase, type IDBPTransaction, openDB } from 'idb';
import { KEYS, type Schema, STORES, type StoreName } from './schema.ts';
import { toVersion2, toVersion3 } from './upgrade.ts';

export type Database = IDBPDatabase<Schema>;
/** A transaction that writes. */
export type Writing = IDBPTransaction<Schema, StoreName[], 'readwrite'>;

export const openDatabase = (name = 'tuning-fork'): Promise<Database> =>
  openDB<Schema>(name, 3, {
    async upgrade(db, from, _, upgrading) {
      if (from === 0)
        for (const store of STORES) db.createObjectStore(store, { keyPath: KEYS[store] as string | string[] });
      else {
        if (from < 2) await toVersion2(upgrading);
        await toVersion3(upgrading);
      }
    },
    // a newer version of the page waits for this one
    blocking: (_, __, event) => (event.target as IDBDatabase).close(),
  });

/** Every key that begins so: an array comes after all texts and numbers. */
export const within = (...start: string[]): IDBKeyRange => IDBKeyRange.bound(start, [...start, []]);
