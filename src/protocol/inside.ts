/** What is measured inside a network. `dead` is measured by stage alone. */
export const INSIDE_METRICS = ['distance', 'gradient', 'update', 'dead'] as const;
export type InsideMetric = (typeof INSIDE_METRICS)[number];

/** What a weight began as: the model's own values, values drawn at random, or zeros. */
export type Began = 'pretrained' | 'drawn' | 'zero';

/** What the figures are of; the same along a run. Weights stand by the first stage that reads them. */
export interface InsideShape {
  stages: readonly string[];
  weights: readonly { name: string; stage: number; began: Began }[];
}

/** One figure a row; `NaN` where there is none. */
export interface InsideFigures {
  /**
   * ||w - w0|| / ||w0||, w0 being what the run began with; ||w|| where that was zero. Of a stage: of all its weights as one.
   */
  distance: Float32Array;
  /** Norm of the gradient, before clipping. */
  gradient: Float32Array;
  /** ||change|| / ||w|| of one optimizer step, w being the weight before it. */
  update: Float32Array;
}

/** Figures of one validation. */
export interface InsideLook {
  run: string;
  step: number;
  epoch: number;
  /** The optimizer step that gradient and update are of, the last one that was measured; 0 before any was. */
  measured: number;
  weights: InsideFigures;
  stages: InsideFigures & {
    /** Share of its units that were never above zero on any validation example; `NaN` where it has none, or was not run. */
    dead: Float32Array;
    units: Int32Array;
  };
}

/** Examples of a map of embeddings: ids of the run's data, and their classes as the run has them. */
export interface MapShape {
  ids: Int32Array;
  labels: Int32Array;
}

/** Where they lie at one validation. */
export interface MapLook {
  run: string;
  step: number;
  epoch: number;
  /** x and y of each example in turn, in the embedding's own unit. */
  points: Float32Array;
  /** Share of the embedding's variance that each of the two axes has. */
  variance: readonly [number, number];
}

/** What was seen along a run, oldest first. */
export interface Looks<S, L> {
  shape: S;
  looks: readonly L[];
}
export type Inside = Looks<InsideShape, InsideLook>;
export type EmbeddingMap = Looks<MapShape, MapLook>;

/** One more; the shape comes with the first. */
export type InsideEvent = { kind: 'inside'; shape?: InsideShape | undefined; look: InsideLook };
export type MapEvent = { kind: 'map'; shape?: MapShape | undefined; look: MapLook };

/** Undefined where the first was missed. */
export function withLook<S, L>(known: Looks<S, L> | undefined, shape: S | undefined, look: L): Looks<S, L> | undefined {
  const found = shape ?? known?.shape;
  return found && { shape: found, looks: [...(known?.looks ?? []), look] };
}

/** Those up to a step, that one included. */
export const looksUpTo = <S, L extends { step: number }>(known: Looks<S, L> | undefined, step: number) =>
  known && { ...known, looks: known.looks.filter((look) => look.step <= step) };

/** The most that a run of any length leaves: one every so many epochs. */
const MOST_LOOKS = 100;
export const epochsBetweenLooks = (epochs: number): number => Math.max(1, Math.ceil(epochs / MOST_LOOKS));
