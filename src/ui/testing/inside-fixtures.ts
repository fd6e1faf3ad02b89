import { normal } from '@/lib/random.ts';
import type { EmbeddingMap, Inside, InsideFigures, InsideShape } from '@/protocol/inside.ts';

const STAGES = ['stem', 'blocks.0', 'blocks.1', 'blocks.2', 'blocks.3', 'classifier'];
const WEIGHTS = ['conv.weight', 'bn.weight', 'bn.bias'];

/** A run that trains its last three stages of six, its head new; one look an epoch. */
export function insideOf(epochs: number, stepsPerEpoch = 21): Inside {
  const shape: InsideShape = {
    stages: STAGES,
    weights: STAGES.flatMap((name, stage): InsideShape['weights'][number][] =>
      stage === STAGES.length - 1
        ? [
            { name: `${name}.weight`, stage, began: 'drawn' as const },
            { name: `${name}.bias`, stage, began: 'zero' as const },
          ]
        : WEIGHTS.map((weight) => ({ name: `${name}.${weight}`, stage, began: 'pretrained' as const })),
    ),
  };
  const figures = (stages: readonly number[], epoch: number): InsideFigures => {
    const moves = (stage: number) => stage >= 3;
    const of = (value: (stage: number) => number, still: number) =>
      Float32Array.from(stages, (stage) => (moves(stage) ? value(stage) : still));
    const trained = (value: (stage: number) => number) =>
      epoch === 0 ? new Float32Array(stages.length).fill(Number.NaN) : of(value, Number.NaN);
    return {
      distance: of((stage) => 0.002 * 3 ** stage * (1 - Math.exp(-epoch / 6)), 0),
      gradient: trained((stage) => 0.02 * 2 ** stage * Math.exp(-epoch / 5)),
      update: trained((stage) => 0.0004 * stage * Math.exp(-epoch / 9)),
    };
  };
  const looks = Array.from({ length: epochs + 1 }, (_, epoch) => ({
    run: 'run-1',
    step: epoch * stepsPerEpoch,
    epoch,
    measured: epoch * stepsPerEpoch,
    weights: figures(
      shape.weights.map(({ stage }) => stage),
      epoch,
    ),
    stages: {
      ...figures(
        STAGES.map((_, stage) => stage),
        epoch,
      ),
      dead: Float32Array.from(STAGES, (_, stage) =>
        stage < 3 || stage === 5 ? Number.NaN : 0.03 * (stage - 3) * epoch,
      ),
      units: Int32Array.from(STAGES, (_, stage) => (stage < 3 || stage === 5 ? 0 : 96)),
    },
  }));
  return { shape, looks };
}

/** Examples of as many classes, which come apart as the run goes on. `ids` are of the open data set. */
export function mapOf(
  ids: readonly number[],
  labels: readonly number[],
  epochs: number,
  stepsPerEpoch = 21,
): EmbeddingMap {
  const next = normal(5);
  const noise = ids.map(() => [next(), next()] as const);
  const looks = Array.from({ length: epochs + 1 }, (_, epoch) => ({
    run: 'run-1',
    step: epoch * stepsPerEpoch,
    epoch,
    points: Float32Array.from(
      labels.flatMap((label, i) => {
        const apart = 4 * (1 - Math.exp(-epoch / 5));
        return [apart * Math.cos(1.57 * label) + noise[i]![0], apart * Math.sin(1.57 * label) + noise[i]![1]];
      }),
    ),
    variance: [0.46, 0.25] as const,
  }));
  return { shape: { ids: Int32Array.from(ids), labels: Int32Array.from(labels) }, looks };
}
