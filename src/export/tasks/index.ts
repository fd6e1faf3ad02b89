import type { TaskId } from '../../protocol/model.ts';
import { generation } from './generation.ts';
import { pictures } from './pictures.ts';
import type { TaskExport } from './task-export.ts';
import { texts } from './texts.ts';

export const TASK_EXPORTS: Readonly<Record<TaskId, TaskExport>> = {
  'image-classification': pictures,
  'text-classification': texts,
  'text-generation': generation,
};
