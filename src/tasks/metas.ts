import type { TaskId } from '../protocol/model.ts';
import { meta as imageClassification } from './image-classification/meta.ts';
import type { TaskMeta } from './meta.ts';
import { meta as textClassification } from './text-classification/meta.ts';
import { meta as textGeneration } from './text-generation/meta.ts';

export const TASK_METAS = {
  'image-classification': imageClassification,
  'text-classification': textClassification,
  'text-generation': textGeneration,
} as const satisfies Record<TaskId, TaskMeta>;
