import { taskOf, taskOn } from '@/session/defaults.ts';
import type { TaskMeta } from '@/tasks/meta.ts';
import { useStudio } from '../studio-context.tsx';

/** What the chosen model does with the open data; without data, what the settings are for. */
export const useTask = (): TaskMeta =>
  useStudio(({ dataset, model, settings }) => (dataset ? taskOn(dataset, model) : taskOf(settings)));
