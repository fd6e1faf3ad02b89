import type { MethodId } from '../methods/metas.ts';
import type { CurveId, Finish, RunSettings } from '../protocol/run.ts';
import type { SampleId } from '../protocol/samples.ts';

/** One run of a lesson: what its settings have that differs. `id` names it: `lessons:<lesson>.run.<id>`. */
export interface LessonRun {
  id: string;
  settings: RunPatch;
}

/** Settings over the defaults; groups of settings are laid over theirs. */
export type RunPatch = Partial<Omit<RunSettings, 'model' | Group>> & {
  [group in Group]?: Partial<RunSettings[group]>;
};
type Group = 'earlyStopping' | 'fewShot' | 'augmentation' | 'oldTask' | 'cures' | 'task';

/** What a run of the lesson recorded, as its claim reads it. */
export interface Recorded {
  id: string;
  finish: Finish | undefined;
  settings: RunSettings;
  curves: Readonly<Record<CurveId, readonly RecordedPoint[]>>;
}
export interface RecordedPoint {
  step: number;
  epoch: number;
  seconds: number;
  loss: number;
  accuracy: number;
  examples: number;
}

/** What was done to the data, and what the studio found of it. */
export interface Dirt {
  /** Examples that got a wrong label, and that were put in twice. */
  wrong: readonly number[];
  copies: readonly number[];
  /** What the check of labels names, and of copies how many the report leaves out. */
  suspects?: readonly number[];
  leftOut?: number;
}

export type Unit = 'percent' | 'points' | 'loss' | 'times' | 'count' | 'epoch' | 'seconds';
/** A measured number of an answer's sentence; its unit says how it is written. */
export interface Measured {
  value: number;
  unit: Unit;
}

/** What the figures say. */
export interface Finding {
  /** Whether the lesson's point can be seen in them. */
  holds: boolean;
  /** Fill the gaps of `lessons:<lesson>.answer`. */
  values: Readonly<Record<string, Measured>>;
  /** Which of the guesses they prove right. */
  guess: string;
}

/** A set-up with a question: everything as data, its words under `lessons:<id>`. */
export interface Lesson {
  sample: SampleId;
  /** Of the models that the site ships. */
  model: string;
  method: MethodId;
  /** What all its runs have. */
  settings: RunPatch;
  runs: readonly LessonRun[];
  /** What can be tried against what was seen, one after another. */
  cures: readonly LessonRun[];
  /** Labels and pictures that are spoilt before the last run of `runs`, as shares of the training examples. */
  dirt?: { wrong: number; copies: number };
  /** What is drawn large. */
  chart: { metric: 'loss' | 'accuracy'; curves: readonly CurveId[] };
  /** What a class may foretell: `lessons:<id>.guess.<guess>`. */
  guesses: readonly string[];
  /** Of runs by id, cures among them; undefined while one that it needs is not over. */
  find(runs: Readonly<Record<string, Recorded>>, dirt?: Dirt): Finding | undefined;
}

// ---- what findings are made of

export const percent = (value: number): Measured => ({ value, unit: 'percent' });
export const points = (value: number): Measured => ({ value, unit: 'points' });
export const loss = (value: number): Measured => ({ value, unit: 'loss' });
export const times = (value: number): Measured => ({ value, unit: 'times' });
export const count = (value: number): Measured => ({ value, unit: 'count' });
export const epoch = (value: number): Measured => ({ value, unit: 'epoch' });

/** The last point; undefined before the first. */
export const last = (run: Recorded | undefined, curve: CurveId = 'validation'): RecordedPoint | undefined =>
  run?.curves[curve].at(-1);

/** Whether a run has come to its end by itself, or by breaking down as a lesson may want it to. */
export const isThrough = (run: Recorded | undefined): run is Recorded =>
  run?.finish === 'completed' || run?.finish === 'early-stopping' || run?.finish === 'failed';

/** The point with the smallest loss. */
export const lowest = (run: Recorded, curve: CurveId = 'validation'): RecordedPoint | undefined =>
  run.curves[curve].reduce<RecordedPoint | undefined>(
    (best, point) => (best === undefined || point.loss < best.loss ? point : best),
    undefined,
  );

/** The largest share of right answers. */
export const highest = (run: Recorded, curve: CurveId = 'validation'): number =>
  Math.max(0, ...run.curves[curve].map(({ accuracy }) => accuracy));
