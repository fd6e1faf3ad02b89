import type { MethodId } from '../methods/metas.ts';
import type { RunSettings } from '../protocol/run.ts';
import { defaultSettings } from '../protocol/settings.ts';
import { figuresOf, monitored, testShare } from './comparison.ts';
import { learningRateOf, methodDefaults, taskOf } from './defaults.ts';
import { betterOf, survivors } from './search.ts';
import type { RunRecord } from './store.ts';

/** What the learning rates of a twin are, as multiples of the one that suits tuning the whole model. */
const RATES = [1, 3, 10] as const;

const WHOLE: MethodId = 'full';

/** The learning rates of which a twin has the best, by validation. */
export const twinRates = (settings: RunSettings, task: string): number[] =>
  RATES.map((factor) => Number((factor * learningRateOf(WHOLE, task, settings.optimizer)).toPrecision(2)));

/**
 * The same network on the same data from random weights, with a fair chance: all of it trains, batch normalisation goes by
 * the batches that it sees, no epoch is spared and the best one is kept. What only a pretrained start can have is off.
 */
export function twinOf(settings: RunSettings, learningRate: number): RunSettings {
  const { oldTask, cures } = defaultSettings();
  return {
    ...settings,
    start: 'scratch',
    method: methodDefaults(WHOLE),
    ...(taskOf(settings).input === 'image' ? { batchNorm: 'batch' as const } : {}),
    learningRate,
    oldTask: { ...oldTask, watch: false },
    cures,
    earlyStopping: { ...settings.earlyStopping, enabled: false, restoreBest: true },
  };
}

/** A pretrained start and a random one on the same seed. */
export interface TwinPair {
  seed: number;
  pretrained: RunRecord;
  scratch: RunRecord;
}

/** What a comparison with twins has so far. */
export interface Twins {
  /** By seed, where both have come to their end. */
  pairs: readonly TwinPair[];
  /** Twins with the first seed, one for each learning rate that was tried. */
  tried: readonly RunRecord[];
  /** The learning rate that the others have. */
  learningRate: number | undefined;
}

const isDone = ({ status: { finish } }: RunRecord): boolean => finish === 'completed' || finish === 'early-stopping';

/** The best twin of several by what early stopping watches. */
export function bestTwin<R extends Pick<RunRecord, 'settings' | 'status'>>(twins: readonly R[]): R | undefined {
  const [first] = twins;
  if (!first) return undefined;
  const figure = (run: R) => monitored(run as unknown as RunRecord).value;
  return survivors(twins, figure, betterOf(first.settings.earlyStopping), 1)[0];
}

/** The runs of one comparison, in the order in which they were made. */
export function twinsOf(group: readonly RunRecord[]): Twins {
  const done = group.filter(isDone);
  const scratch = done.filter(({ settings }) => settings.start === 'scratch');
  const first = Math.min(...group.map(({ settings }) => settings.seed));
  const tried = scratch.filter(({ settings }) => settings.seed === first);
  const learningRate = bestTwin(tried)?.settings.learningRate;
  const pairs = done
    .filter(({ settings }) => settings.start === 'pretrained')
    .flatMap((pretrained): TwinPair[] => {
      const { seed } = pretrained.settings;
      const twin = scratch.find((run) => run.settings.seed === seed && run.settings.learningRate === learningRate);
      return twin ? [{ seed, pretrained, scratch: twin }] : [];
    });
  return { pairs, tried, learningRate };
}

/** The runs that belong to the newest comparison of this one with twins, or that it is one of. */
export function twinGroup(runs: readonly RunRecord[], run: RunRecord): readonly RunRecord[] {
  const own = run.group?.kind === 'twin' ? run.group.id : undefined;
  const newest = runs.findLast(({ group }) => group?.kind === 'twin' && (group.id === own || group.of === run.id));
  return newest ? runs.filter(({ group }) => group?.id === newest.group!.id) : [];
}

/** The run that stands on the other side of this one: with the other start, on the same seed where there is one. */
export function counterpart(group: readonly RunRecord[], run: RunRecord): RunRecord | undefined {
  const { pairs, tried } = twinsOf(group);
  const pair =
    pairs.find(({ pretrained, scratch }) => pretrained.id === run.id || scratch.id === run.id) ??
    pairs.find(({ seed }) => seed === run.settings.seed) ??
    pairs[0];
  if (pair) return run.settings.start === 'scratch' ? pair.pretrained : pair.scratch;
  return run.settings.start === 'scratch' ? undefined : bestTwin(tried);
}

/** Right answers of a pair, as shares: of validation at the epoch that is kept, or of the test set once it is judged. */
export function sharesOf(
  pairs: readonly TwinPair[],
  split: 'validation' | 'test',
): { pretrained: number; scratch: number }[] {
  const share = (run: RunRecord) => (split === 'validation' ? figuresOf(run).accuracy : testShare(run));
  return pairs.flatMap(({ pretrained, scratch }) => {
    const [a, b] = [share(pretrained), share(scratch)];
    return a === undefined || b === undefined ? [] : [{ pretrained: a, scratch: b }];
  });
}
