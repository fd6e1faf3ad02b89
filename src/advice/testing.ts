import { uniform } from '../lib/random.ts';
import type { DataReport } from '../protocol/dataset.ts';
import { emptyStatus, type RunSettings, type RunStatus } from '../protocol/run.ts';
import { defaultSettings } from '../protocol/settings.ts';
import type { Curve, RunFacts } from './facts.ts';

/** What a curve says at an epoch; 0 is before training. */
type Shape = (epoch: number) => { loss: number; accuracy: number };

interface Made {
  train: Shape;
  validation: Shape;
  epochs?: number;
  stepsPerEpoch?: number;
  /** Relative size of the noise from step to step. */
  noise?: number;
  settings?: Partial<RunSettings>;
  status?: Partial<RunStatus>;
  /** Examples of each class: training, validation. */
  counts?: readonly (readonly [number, number])[];
  rest?: Partial<RunFacts>;
}

const CLASSES = ['Basil', 'Mint', 'Sage'];

/** A run whose curves follow a formula. */
export function madeRun(o: Made): RunFacts {
  const { epochs = 20, stepsPerEpoch = 10, noise = 0.1 } = o;
  const counts = o.counts ?? CLASSES.map(() => [60, 30] as const);
  const settings: RunSettings = {
    ...defaultSettings(),
    model: { kind: 'shipped', id: 'digits-cnn' },
    method: { id: 'head', options: {} },
    task: {},
    learningRate: 3e-3,
    epochs,
    ...o.settings,
  };
  const random = uniform(3);
  const steps = Array.from({ length: epochs * stepsPerEpoch }, (_, i) => i + 1);
  const shaped = steps.map((step) => o.train(step / stepsPerEpoch));
  const watched = Array.from({ length: epochs + 1 }, (_, epoch) => o.validation(epoch));
  const validated = counts.reduce((sum, [, count]) => sum + count, 0);
  const train: Curve = {
    step: steps,
    epoch: steps.map((step) => step / stepsPerEpoch),
    loss: shaped.map(({ loss }) => loss * (1 + noise * (random() + random() - 1))),
    accuracy: shaped.map(({ accuracy }) => accuracy),
    examples: steps.map(() => settings.batchSize),
    learningRate: steps.map(() => settings.learningRate),
  };
  const validation: Curve = {
    step: watched.map((_, epoch) => epoch * stepsPerEpoch),
    epoch: watched.map((_, epoch) => epoch),
    loss: watched.map(({ loss }) => loss),
    accuracy: watched.map(({ accuracy }) => Math.round(accuracy * validated) / validated),
    examples: watched.map(() => validated),
    learningRate: [],
  };
  return {
    settings,
    input: 'image',
    output: 'class',
    alters: true,
    status: {
      ...emptyStatus('r', epochs, 'wasm'),
      phase: 'done',
      finish: 'early-stopping',
      step: steps.length,
      stepsPerEpoch,
      ...o.status,
    },
    train,
    validation,
    classes: counts.length,
    counts: counts.map(([train, validation], i) => ({
      name: CLASSES[i] ?? `Class ${i}`,
      counts: { train, validation, test: validation },
    })),
    usualRate: 3e-3,
    freer: { method: { id: 'last-n', options: { stages: 3 } }, learningRate: 3e-4 },
    ...o.rest,
  };
}

/** Falls from ln 3 towards `floor`, as fast as 1 / `pace` epochs; the accuracy rises from a third to `top`. */
export const falling =
  (floor: number, top: number, pace = 3): Shape =>
  (epoch) => ({
    loss: floor + (Math.log(3) - floor) * Math.exp(-epoch / pace),
    accuracy: top - (top - 1 / 3) * Math.exp(-epoch / pace),
  });

/** A report in which so many of 100 pictures are doubted. */
export const reportOf = (doubted: number): DataReport => ({
  findings:
    doubted === 0
      ? []
      : [
          {
            kind: 'probably-mislabelled',
            severity: 'warning',
            cases: Array.from({ length: doubted }, (_, id) => ({ ids: [id], values: {} })),
            values: { count: doubted },
          },
        ],
  examined: 100,
  ms: 1,
});
