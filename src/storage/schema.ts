import type { DBSchema } from 'idb';
import type {
  ImportRecord,
  PointsRecord,
  ProjectRecord,
  RunRecord,
  SegmentRecord,
  SnapshotRecord,
  StateRecord,
} from './records.ts';

export interface Schema extends DBSchema {
  projects: { key: string; value: ProjectRecord };
  states: { key: string; value: StateRecord };
  segments: { key: [string, number]; value: SegmentRecord };
  runs: { key: [string, string]; value: RunRecord };
  snapshots: { key: [string, string]; value: SnapshotRecord };
  points: { key: [string, string, number]; value: PointsRecord };
  imports: { key: [string, string]; value: ImportRecord };
}
/** Each record's key begins with its project. */
export const KEYS = {
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
