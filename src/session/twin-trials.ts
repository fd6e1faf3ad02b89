import type { RunSettings } from '../protocol/run.ts';
import { taskOf } from './defaults.ts';
import type { RunRecord, StudioStore, Trials } from './store.ts';
import { bestTwin, twinOf, twinRates, twinsOf } from './twin.ts';

/** Shares of the training examples that a learning curve goes through. */
export const SHARES = [0.1, 0.25, 0.5, 1] as const;

/**
 * The settings on a share of the training examples: as many steps as on all of them, so that less data is not less training
 * as well, and the best epoch is kept.
 */
export const onShare = (settings: RunSettings, share: number): RunSettings => ({
  ...settings,
  fewShot: { ...settings.fewShot, examplesPerClass: 0, share },
  epochs: Math.min(1000, Math.round(settings.epochs / share)),
  earlyStopping: { ...settings.earlyStopping, enabled: false, restoreBest: true },
});

interface Around {
  store: StudioStore;
  /** A run with these settings, to its end; its id, where it could begin. */
  start(
    settings: RunSettings,
    beginning: { group: NonNullable<RunRecord['group']>; modelName: string },
  ): Promise<string | undefined>;
  /** On the test set. */
  evaluate(run: string): Promise<void>;
}

/** Several runs one after another; `next` says whether there is to be another, `asked` is the run that they are about. */
type InTurn = (
  kind: Trials['kind'],
  of: number,
  work: (group: NonNullable<RunRecord['group']>, next: () => boolean) => Promise<void>,
  asked: string | undefined,
) => Promise<void>;

/** Trials whose runs are judged on the test set as well, once, when nothing is chosen any more. */
export function createTwinTrials({ store: { getState, setState }, start, evaluate }: Around, inTurn: InTurn) {
  /** The runs of a group, in the order in which they were made. */
  const runsOf = (id: string): RunRecord[] =>
    Object.values(getState().runs)
      .filter(({ group }) => group?.id === id)
      .sort((a, b) => a.number - b.number);

  async function judge(runs: readonly RunRecord[]): Promise<void> {
    if (!getState().dataset?.classes.some(({ counts }) => counts.test > 0)) return;
    for (const { id } of runs) if (getState().trials?.stopping === false) await evaluate(id);
  }

  /** Of a run, or as they stand. */
  function asked(of: string | undefined): { settings: RunSettings; modelName: string } | undefined {
    const { settings, model, runs } = getState();
    const run = of === undefined ? undefined : runs[of];
    const modelName = run?.modelName ?? model?.name;
    return modelName === undefined ? undefined : { settings: run?.settings ?? settings, modelName };
  }

  const show = (id: string | undefined) => {
    if (id && getState().runs[id]) setState({ currentRun: id });
  };

  return {
    /**
     * A pretrained start against twins from scratch, on the same seeds and the same split: the best of three learning rates
     * on the first seed is the twins' own. `of` is a run, the settings as they stand where there is none.
     */
    async compareTwin(of: string | undefined, seeds: number): Promise<void> {
      const begun = asked(of);
      if (!begun) return;
      const { modelName } = begun;
      const settings: RunSettings = { ...begun.settings, start: 'pretrained' };
      const rates = twinRates(settings, taskOf(settings).id);
      const runs = 2 * seeds + rates.length - 1;
      await inTurn(
        'twin',
        runs,
        async (group, next) => {
          const begin = (own: RunSettings) => start(own, { group, modelName });
          let learningRate: number | undefined;
          for (let seed = settings.seed; seed < settings.seed + seeds; seed++) {
            if (!next()) return;
            await begin({ ...settings, seed });
            for (const rate of learningRate === undefined ? rates : [learningRate]) {
              if (!next()) return;
              await begin(twinOf({ ...settings, seed }, rate));
            }
            const twins = runsOf(group.id).filter((run) => run.settings.start === 'scratch' && run.status.best);
            learningRate ??= bestTwin(twins)?.settings.learningRate;
            // none of them came to an end
            if (learningRate === undefined) return;
          }
          const { pairs } = twinsOf(runsOf(group.id));
          await judge(pairs.flatMap(({ pretrained, scratch }) => [pretrained, scratch]));
          show(of ?? pairs[0]?.pretrained.id);
        },
        of,
      );
    },

    /** On more and more of the training examples, drawn anew for each seed. */
    async learningCurve(of: string | undefined, seeds: number): Promise<void> {
      const begun = asked(of);
      if (!begun) return;
      const { settings, modelName } = begun;
      await inTurn(
        'learning-curve',
        seeds * SHARES.length,
        async (group, next) => {
          for (let seed = settings.seed; seed < settings.seed + seeds; seed++)
            for (const share of SHARES) {
              if (!next()) return;
              await start(onShare({ ...settings, seed }, share), { group, modelName });
            }
          await judge(runsOf(group.id).filter(({ status }) => status.finish === 'completed'));
          show(of);
        },
        of,
      );
    },
  };
}
