import type { StudioClient } from '../client/client.ts';
import type { BackendChoice } from '../protocol/backend.ts';
import type { ProgressTask } from '../protocol/messages.ts';
import { ProblemError } from '../protocol/problems.ts';
import { createDataActions } from './data-actions.ts';
import { createEvaluationActions } from './evaluation-actions.ts';
import { createEventHandler } from './events.ts';
import { Gathered } from './gathered.ts';
import { createGenerationActions } from './generation-actions.ts';
import { createLessonActions } from './lesson-actions.ts';
import { createPlaceActions } from './place-actions.ts';
import { createProfileActions } from './profile-actions.ts';
import { createProjectActions } from './project-actions.ts';
import { createRunActions } from './run-actions.ts';
import { createRunRecords } from './run-records.ts';
import { createSettingsActions } from './settings-actions.ts';
import type { ProblemPlace, Screen, StudioStore } from './store.ts';
import { createTextActions } from './text-actions.ts';

/** Which call a progress belongs to. */
const PLACES: Readonly<Record<ProgressTask, ProblemPlace>> = {
  files: 'data',
  sample: 'data',
  project: 'data',
  report: 'report',
  labels: 'report',
  tokens: 'model',
  weights: 'model',
  'range-test': 'model',
  prefix: 'train',
  profile: 'profile',
  evaluate: 'evaluate',
  'evaluate-base': 'evaluate',
  memorised: 'evaluate',
  export: 'export',
};

/** Thumbnails that the page keeps; each is a few kilobytes. */
const KEPT_THUMBNAILS = 1500;

export type Actions = ReturnType<typeof createActions>;

/** Everything a person can do, as functions over the store and the client. */
export function createActions(store: StudioStore, client: StudioClient) {
  const { setState } = store;
  const clearProblem = (place: ProblemPlace) =>
    setState(({ problems: { [place]: _, ...rest } }) => ({ problems: rest }));

  /** Runs `work`; a problem is kept for the place where the page shows it. */
  async function attempt<T>(place: ProblemPlace, work: () => Promise<T>): Promise<T | undefined> {
    clearProblem(place);
    try {
      return await work();
    } catch (error) {
      const problem =
        error instanceof ProblemError
          ? error.problem
          : new ProblemError('internal', { message: String(error) }).problem;
      setState(({ problems }) => ({ problems: { ...problems, [place]: problem } }));
      return undefined;
    } finally {
      setState(({ progress }) => ({
        progress: Object.fromEntries(
          Object.entries(progress).filter(([task]) => PLACES[task as ProgressTask] !== place),
        ),
      }));
    }
  }

  const records = createRunRecords(store);
  client.onEvent(createEventHandler(store, records));
  const thumbnails = new Gathered((ids) => client.call({ kind: 'thumbnails', ids }), KEPT_THUMBNAILS);

  const around = { store, client, attempt };
  const { actions: settings, refreshPlan, useSettings } = createSettingsActions(around);
  const { openModel } = settings;
  const { actions: evaluation, evaluate } = createEvaluationActions({ ...around, thumbnails, records });
  const {
    actions: runs,
    takeImported,
    inTurn,
    start,
  } = createRunActions({
    ...around,
    records,
    clearProblem,
    evaluate,
    useSettings,
  });
  const data = createDataActions({ ...around, thumbnails, openModel, refreshPlan, takeImported });
  const texts = createTextActions({ ...around, takeDataset: data.takeDataset, refreshPlan });
  const generation = createGenerationActions(around);
  const lessons = createLessonActions({
    ...around,
    openSample: data.actions.openSample,
    openModel,
    useSettings,
    inTurn,
    start,
    control: runs.control,
  });
  const profiles = createProfileActions({ ...around, records });
  const projects = createProjectActions({ ...around, openModel });

  return {
    show(screen: Screen): void {
      setState({ screen });
    },
    dismiss: clearProblem,

    async chooseBackend(choice: BackendChoice): Promise<void> {
      setState({ backendChoice: choice });
      const backend = await attempt('backend', () => client.call({ kind: 'choose-backend', choice }));
      if (backend) setState({ backend });
    },

    ...data.actions,
    ...texts,
    ...projects,
    ...settings,
    ...runs,
    ...lessons,
    ...createPlaceActions({ ...around, records }),
    ...evaluation,
    ...profiles,
    ...generation,
  };
}
