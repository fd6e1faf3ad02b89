import type { ModelSummary } from '../protocol/model.ts';
import type { KeptRun, OpenedProject } from '../protocol/project.ts';
import { modelFor, settingsFor } from './defaults.ts';
import { emptyCurves, plot } from './series.ts';
import type { RunRecord, StudioState } from './store.ts';

/** A run as the browser kept it, with its curves. */
export const recordOf = ({ points, hasWeights: _, ...run }: KeptRun): RunRecord => ({
  ...run,
  ...plot(emptyCurves(), points),
});

/** Models that were dropped in, with one more. */
export const withModel = (models: readonly ModelSummary[], model: ModelSummary): readonly ModelSummary[] => [
  ...models.filter(({ ref }) => ref.id !== model.ref.id),
  model,
];

/** The state with nothing that was found out about another data set or its runs. */
export function cleared(state: StudioState): StudioState {
  const { dataset: _, report: __, wrongLabels: ___, modelAdvice: ____, setUp: _____, ...rest } = state;
  const { keep: ______, plan: _______, trial: ________, currentRun: _________, ...others } = rest;
  const { branch: __________, queueHeld: ___________, ...left } = others;
  return { ...left, queue: [], runs: {} };
}

/** The state with a kept project open: at its newest run where that one waits to go on. */
export function withProject(
  state: StudioState,
  { dataset, draft, queue = [], runs, models }: OpenedProject,
): StudioState {
  const newest = runs.at(-1);
  const training = dataset.classes.reduce((sum, { counts }) => sum + counts.train, 0);
  const { keep } = state;
  return {
    ...cleared(state),
    // it may have come before the answer
    ...(keep?.project === dataset.id ? { keep } : {}),
    dataset,
    ...(queue.length > 0 ? { queue, queueHeld: 'reloaded' as const } : {}),
    imported: models.reduce(withModel, state.imported),
    settings: draft ?? settingsFor(state.settings, modelFor(dataset, state.settings.model, state.model), training),
    runs: Object.fromEntries(runs.map((run) => [run.id, recordOf(run)])),
    ...(newest ? { currentRun: newest.id } : {}),
    screen: newest?.status.phase === 'lost' ? 'train' : 'data',
  };
}
