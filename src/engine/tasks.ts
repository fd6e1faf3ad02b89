import type { ModelMeta } from '../models/meta.ts';
import { MODEL_METAS } from '../models/metas.ts';
import type { TaskId } from '../protocol/model.ts';
import { ProblemError } from '../protocol/problems.ts';
import type { TaskEngine } from '../tasks/engine.ts';
import { TASK_ENGINES } from '../tasks/engines.ts';
import type { TaskMeta } from '../tasks/meta.ts';
import { TASK_METAS } from '../tasks/metas.ts';

/** The task that an architecture is for. Throws `model-config` where there is no such architecture. */
export function taskIdOf(architecture: string): TaskId {
  const meta = Object.values<ModelMeta>(MODEL_METAS).find(({ id }) => id === architecture);
  if (!meta) {
    const expected = Object.keys(MODEL_METAS).join(', ');
    throw new ProblemError('model-config', { field: 'architecture', value: architecture, expected });
  }
  return meta.task;
}
export const taskMetaOf = (architecture: string): TaskMeta => TASK_METAS[taskIdOf(architecture)];
export const taskOf = (architecture: string): TaskEngine => TASK_ENGINES[taskIdOf(architecture)];
