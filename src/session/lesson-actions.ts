import type { LessonId } from '../lessons/index.ts';
import type { RunControl } from '../protocol/control.ts';
import type { ModelRef } from '../protocol/model.ts';
import { isOver, type RunSettings } from '../protocol/run.ts';
import type { createLessons } from './lesson-runs.ts';
import type { SetUp } from './setup-link.ts';

type Needs = Parameters<typeof createLessons>[0];
interface Around extends Needs {
  openModel(model: ModelRef): Promise<void>;
  control(command: RunControl): Promise<void>;
  start(settings: RunSettings, beginning: { modelName: string }): Promise<string | undefined>;
}

/** What an instructor can do: play a lesson, have the class foretell it, and slow runs down for it. */
export function createLessonActions(around: Around) {
  const { store, client, attempt, control, start, openSample, openModel, useSettings } = around;
  const { getState, setState } = store;
  /** Resolves when nothing trains and no lesson goes on. */
  const quiet = () =>
    new Promise<void>((resolve) => {
      const isQuiet = () => {
        const { runs, trials, lesson } = getState();
        return !trials && !lesson?.doing && Object.values(runs).every(({ status }) => isOver(status.phase));
      };
      if (isQuiet()) return resolve();
      const stop = store.subscribe(() => {
        if (!isQuiet()) return;
        stop();
        resolve();
      });
    });
  // the first screen waits for none of it
  const lessons = async () => (await import('./lesson-runs.ts')).createLessons(around);

  return {
    beginLesson: async (id: LessonId) => (await lessons()).begin(id),
    tryCure: async () => (await lessons()).cure(),

    /** What the class foretells of a lesson, before it is played or while it is. */
    guess(id: LessonId, guess: string): void {
      setState(({ lesson, runs }) => {
        const played = Object.values(runs).findLast((run) => run.lesson?.id === id)?.group?.id ?? '';
        return { lesson: { ...(lesson?.id === id ? lesson : { id, group: played }), guess } };
      });
    },
    /** What is looked at next; what was foretold of it before is forgotten. */
    takeLesson(id: LessonId): void {
      setState(({ lesson, runs }) => {
        if (lesson?.doing || lesson?.id === id) return {};
        const newest = Object.values(runs).findLast((run) => run.lesson?.id === id);
        return {
          lesson: { id, group: newest?.group?.id ?? '' },
          ...(newest ? { currentRun: newest.id } : {}),
        };
      });
    },

    /** No lesson is looked at any more, unless one goes on. */
    leaveLesson(): void {
      setState(
        ({ lesson, ...rest }) => (lesson && !lesson.doing ? rest : { ...rest, ...(lesson ? { lesson } : {}) }),
        true,
      );
    },

    /** The run that goes on is thrown away and begun anew: a lesson from its first run. */
    async startOver(): Promise<void> {
      const { lesson, runs, currentRun } = getState();
      const run = currentRun ? runs[currentRun] : undefined;
      if (!run) return;
      setState(({ trials }) => (trials ? { trials: { ...trials, stopping: true } } : {}));
      if (!isOver(run.status.phase)) await control({ kind: 'stop-discard' });
      await quiet();
      if (lesson && run.lesson?.id === lesson.id) return (await lessons()).begin(lesson.id as LessonId);
      await start(run.settings, { modelName: run.modelName });
    },

    /** Sets up what a link carries, once a person has said yes to it. */
    async takeSetUp({ sample, settings }: SetUp): Promise<void> {
      await openSample(sample, 'model');
      if (getState().problems.data) return;
      await openModel(settings.model);
      await useSettings(settings);
    },

    /** Of the run that goes on and of those after it: so many steps a second at most; 0 is as fast as they go. */
    async setPace(pace: number): Promise<void> {
      setState({ pace });
      const live = Object.values(getState().runs).find(({ status }) => !isOver(status.phase));
      if (!live) return;
      const control = { kind: 'pace', stepsPerSecond: pace } as const;
      await attempt('train', () => client.call({ kind: 'control', run: live.id, control }));
    },
  };
}
