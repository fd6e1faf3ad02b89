import type { TaskEngine } from './engine.ts';
import { engine as imageClassification } from './image-classification/engine.ts';
import type { TaskId } from './metas.ts';

export const TASK_ENGINES = { 'image-classification': imageClassification } as const satisfies Record<
  TaskId,
  TaskEngine
>;
