import { meta as imageClassification } from './image-classification/meta.ts';
import type { TaskMeta } from './meta.ts';

export const TASK_METAS = { 'image-classification': imageClassification } as const satisfies Record<string, TaskMeta>;
export type TaskId = keyof typeof TASK_METAS;
