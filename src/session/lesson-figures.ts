import { LESSONS, type LessonId } from '../lessons/index.ts';
import type { Dirt, Finding, Lesson, Recorded } from '../lessons/lesson.ts';
import { isOver } from '../protocol/run.ts';
import { toPoints } from './series.ts';
import type { RunRecord } from './store.ts';

/** A run as a lesson's claim reads it; one that goes on has not finished. */
export const recordedOf = ({ id, lesson, settings, status, train, validation, old }: RunRecord): Recorded => ({
  id: lesson?.run ?? id,
  finish: isOver(status.phase) ? status.finish : undefined,
  settings,
  curves: {
    train: toPoints(train, id, 'train'),
    validation: toPoints(validation, id, 'validation'),
    old: toPoints(old, id, 'old'),
  },
});

/** What a lesson's runs show: of two with the same part in it the newer one. */
export function findingOf(id: LessonId, runs: readonly RunRecord[], dirt?: Dirt): Finding | undefined {
  const lesson: Lesson = LESSONS[id];
  return lesson.find(Object.fromEntries(runs.map(recordedOf).map((run) => [run.id, run])), dirt);
}

/** Runs of a lesson in the order in which they were started: those of its newest playing. */
export function runsOfLesson(runs: Readonly<Record<string, RunRecord>>, id: string, group?: string): RunRecord[] {
  const own = Object.values(runs)
    .filter(({ lesson }) => lesson?.id === id)
    .toSorted((a, b) => a.number - b.number);
  const played = group || own.at(-1)?.group?.id;
  return own.filter((run) => run.group?.id === played);
}
