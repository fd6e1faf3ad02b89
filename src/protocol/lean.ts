/** What a run takes less memory by, and learns the same. */
export interface Lean {
  batchSize: number;
  accumulate: number;
  gradientCheckpointing: boolean;
}

/** Batches whose gradients may be summed (`TRAINING_OPTIONS`). */
const MOST_SUMMED = 64;

/** The same step from more and smaller batches, the largest of these first. */
export function smallerBatches({ batchSize, accumulate, gradientCheckpointing }: Lean): Lean[] {
  const parts = Array.from({ length: batchSize }, (_, i) => i + 1).filter(
    (part) => part > 1 && batchSize % part === 0 && accumulate * part <= MOST_SUMMED,
  );
  return parts.map((part) => ({
    batchSize: batchSize / part,
    accumulate: accumulate * part,
    gradientCheckpointing,
  }));
}

/** What may be tried when a run ran out of memory: half the batch or less, and running stages again. */
export function leanerThan(settings: Lean): Lean[] {
  const { batchSize, accumulate, gradientCheckpointing } = settings;
  const [smaller] = smallerBatches(settings);
  return [
    ...(smaller ? [smaller] : []),
    ...(gradientCheckpointing ? [] : [{ batchSize, accumulate, gradientCheckpointing: true }]),
  ];
}
