import { taskFor, taskOf } from '@/session/defaults.ts';
import type { TaskMeta } from '@/tasks/meta.ts';
import { useStudio } from '../studio-context.tsx';

/** What the open data is for; without data, what the settings are for. */
export const useTask = (): TaskMeta =>
  useStudio(({ dataset, settings }) => (dataset ? taskFor(dataset) : taskOf(settings)));
