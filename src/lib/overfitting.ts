/** A loss at an epoch: in training the mean over that epoch's steps, in validation what came after it. */
export interface EpochLoss {
  epoch: number;
  loss: number;
}

/** Where a run began to overfit, and what has come of it since. */
export interface Overfitting {
  /** That of the lowest validation loss. */
  epoch: number;
  /** Validation loss there, and last. */
  best: number;
  loss: number;
  /** Training loss there, and last. */
  before: number;
  train: number;
  /** How far validation has risen, as a share of its lowest. */
  rise: number;
  /** Validation minus training, last. */
  gap: number;
}

/**
 * From when on a rise is no noise: validation loss above its lowest by this share of it and by so many nats, at so many
 * validations running. Ours.
 */
export const TURNED = { share: 0.15, nats: 0.03, validations: 2 } as const;

/**
 * The epoch from which on a run learned its examples by heart: that of the lowest validation loss, once each of the last
 * validations lies above it as `TURNED` says while training loss has gone on to fall. Undefined as long as it is not so;
 * a new lowest takes it back. Both ascend by epoch; the model before training is not among them.
 */
export function overfittingOf(
  training: readonly EpochLoss[],
  validation: readonly EpochLoss[],
): Overfitting | undefined {
  const { share, nats, validations } = TURNED;
  const losses = validation.map(({ loss }) => loss);
  const place = losses.indexOf(Math.min(...losses));
  const lowest = validation[place];
  const last = training.at(-1);
  const after = validation.slice(Math.max(place + 1, validation.length - validations));
  if (!lowest || !last || after.length < validations) return undefined;
  const { epoch, loss: best } = lowest;
  if (!after.every(({ loss }) => loss > (1 + share) * best && loss - best > nats)) return undefined;
  const before = (training.find((point) => point.epoch >= epoch) ?? last).loss;
  if (!(last.loss < before)) return undefined;
  const { loss } = after.at(-1)!;
  return { epoch, best, loss, before, train: last.loss, rise: loss / best - 1, gap: loss - last.loss };
}
