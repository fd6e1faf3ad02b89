import { isLesson, LESSONS, type LessonId } from '@/lessons/index.ts';
import type { CurveId } from '@/protocol/run.ts';
import { isOver } from '@/protocol/run.ts';
import { runsOfLesson } from '@/session/lesson-figures.ts';
import type { RunRecord, StudioState } from '@/session/store.ts';
import { useStudio } from '../studio-context.tsx';

/** What is shown to a class: a lesson with its runs, or the run that Train shows. */
export interface Scene {
  lesson: LessonId | undefined;
  runs: readonly RunRecord[];
  /** The one that goes on, or else the newest. */
  run: RunRecord | undefined;
  live: boolean;
  chart: { metric: 'loss' | 'accuracy'; curves: readonly CurveId[] };
}

const PLAIN = { metric: 'accuracy', curves: ['validation', 'old'] } as const;

/** The lesson that is on: the one just begun or asked for, or that of the run that Train shows. */
export function lessonOf({ runs, currentRun, lesson }: StudioState): LessonId | undefined {
  const current = currentRun ? runs[currentRun] : undefined;
  const id =
    lesson && (lesson.doing || !lesson.group || lesson.id === current?.lesson?.id) ? lesson.id : current?.lesson?.id;
  return isLesson(id) ? id : undefined;
}

export const lessonRuns = ({ runs, lesson }: Pick<StudioState, 'runs' | 'lesson'>, id: LessonId): RunRecord[] =>
  // of one that is only asked about yet, or is being set up, nothing that was played before is shown
  lesson?.id === id ? (lesson.group ? runsOfLesson(runs, id, lesson.group) : []) : runsOfLesson(runs, id);

export function useScene(): Scene {
  const runs = useStudio((state) => state.runs);
  const lesson = useStudio(lessonOf);
  const state = useStudio((s) => s.lesson);
  const currentRun = useStudio((s) => s.currentRun);
  const current = currentRun ? runs[currentRun] : undefined;
  const shown = lesson ? lessonRuns({ runs, ...(state ? { lesson: state } : {}) }, lesson) : current ? [current] : [];
  const live = shown.find(({ status }) => !isOver(status.phase));
  return {
    lesson,
    runs: shown,
    run: live ?? shown.at(-1),
    live: live !== undefined,
    chart: lesson ? LESSONS[lesson].chart : PLAIN,
  };
}
