import type { TaskId } from '../protocol/model.ts';
import type { TaskEngine } from './engine.ts';
import { engine as imageClassification } from './image-classification/engine.ts';
import { engine as textClassification } from './text-classification/engine.ts';
import { engine as textGeneration } from './text-generation/engine.ts';

export const TASK_ENGINES = {
  'image-classification': imageClassification,
  'text-classification': textClassification,
  'text-generation': textGeneration,
} as const satisfies Record<TaskId, TaskEngine>;
