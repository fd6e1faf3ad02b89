import { uniform } from '../lib/random.ts';
import { MODEL_ENGINES } from '../models/engines.ts';
import { labelTargets } from '../nn/classification.ts';
import { cacheFeatures } from '../nn/feature-cache.ts';
import type { FeatureCache } from '../nn/input.ts';
import { Learner } from '../nn/learner.ts';
import { OPTIMIZERS } from '../nn/optimizers/index.ts';
import { profile } from '../nn/profile.ts';
import { initial } from '../nn/weights.ts';
import type { RunMark } from '../protocol/control.ts';
import { inForce } from '../protocol/marks.ts';
import type { RunSample, RunSettings, RunStatus, StepMetrics } from '../protocol/run.ts';
import { defaultSettings } from '../protocol/settings.ts';
import type { ExampleSource } from '../tasks/engine.ts';
import { augmented, inputs, engine as task } from '../tasks/image-classification/engine.ts';
import type { Checkpoint } from './checkpoint.ts';
import { Control } from './control.ts';
import { prefixInputs } from './prefix.ts';
import { train } from './train.ts';
import type { TrainEvent, TrainingJob } from './training-job.ts';

const defaults = defaultSettings();

export const settings = (patch: Partial<RunSettings> = {}): RunSettings => ({
  ...defaults,
  model: { kind: 'shipped', id: 'digits-cnn' },
  method: { id: 'full', options: {} },
  task: {},
  earlyStopping: { ...defaults.earlyStopping, enabled: false, restoreBest: false },
  epochs: 4,
  batchSize: 8,
  learningRate: 2e-3,
  ...patch,
});

const preprocessor = {
  do_center_crop: true,
  size: { height: 12, width: 12 },
  channels: 1,
  rescale_factor: 1 / 255,
  image_mean: [0.5],
  image_std: [0.25],
} as const;

/** Three classes of 12 x 12 pictures that can be told apart: bright above, bright below, or bright to the left. */
export const source: ExampleSource = {
  label: (id) => id % 3,
  inputs: async (ids) =>
    inputs(
      ids.map((id) => {
        const next = uniform(id + 1);
        return Uint8Array.from({ length: 144 }, (_, i) => {
          const [y, x] = [Math.floor(i / 12), i % 12];
          const bright = [y < 6, y >= 6, x < 6][id % 3];
          return 120 * next() + (bright ? 100 : 0);
        });
      }),
      preprocessor,
    ),
  targets: (ids, o) =>
    labelTargets(
      ids.map((id) => id % 3),
      o,
    ),
  augmented: (augmentation, occasion) => augmented(augmentation, occasion, preprocessor),
};

const range = (from: number, count: number) => Array.from({ length: count }, (_, i) => from + i);
/** What `runToEnd` trains on and is judged by. */
export const IDS = { train: range(0, 30), validation: range(100, 12) };

/** The output of the frozen prefix for `IDS`, kept on the device. */
export const prefixOf = ({ network, boundary }: Learner, o: RunSettings): Promise<FeatureCache> =>
  cacheFeatures(network, {
    boundary,
    inputs: prefixInputs({ source, ids: IDS, settings: o }, () => {}),
    place: 'device',
    openFile: () => Promise.reject(new Error('not on disk')),
  });

/** A small network with stages that can be frozen. */
export function learner(o: RunSettings, trainable: (name: string) => boolean = () => true): Learner {
  const architecture = MODEL_ENGINES['digits-cnn'].architecture({
    architecture: 'digits-cnn',
    image_size: 12,
    channels: 1,
    num_labels: 3,
    widths: [4, 6],
    hidden: 8,
  } as never);
  const { weights } = profile(architecture);
  return new Learner({
    architecture,
    values: new Map([...weights].map(([name, spec]) => [name, initial(name, spec, 3)])),
    trainable: new Set([...weights.keys()].filter(trainable)),
    optimizer: OPTIMIZERS[o.optimizer],
    objective: task.objective,
    seed: o.seed,
    batchStatistics: false,
    clipNorm: o.clipNorm,
  });
}

export interface Course {
  status: RunStatus;
  points: StepMetrics[];
  samples: RunSample[];
  phases: RunStatus['phase'][];
  last: Checkpoint | undefined;
  best: Checkpoint | undefined;
  asked: Checkpoint[];
  marks: RunMark[];
}

/** Runs to the end, looking at every event. */
export async function runToEnd(
  o: RunSettings,
  net: Learner,
  patch: Partial<TrainingJob> = {},
  look: (event: TrainEvent) => void = () => {},
): Promise<Course> {
  const events = train({
    run: 'r',
    settings: o,
    learner: net,
    source,
    classes: 3,
    ids: IDS,
    cache: undefined,
    control: new Control(),
    backend: 'wasm',
    unrepeatable: [],
    inForce: inForce(o, []),
    movable: () => new Set(net.trainable),
    ...patch,
  });
  const course: Omit<Course, 'status'> = {
    points: [],
    samples: [],
    phases: [],
    last: undefined,
    best: undefined,
    asked: [],
    marks: [],
  };
  for (;;) {
    const { value, done } = await events.next();
    if (done) return { ...course, status: value };
    look(value);
    if (value.kind === 'metrics') course.points.push(value.point);
    else if (value.kind === 'sample') course.samples.push(value.sample);
    else if (value.kind === 'mark') course.marks.push(value.mark);
    else if (value.kind === 'checkpoint' && value.which === 'asked') course.asked.push(value.checkpoint);
    else if (value.kind === 'checkpoint') course[value.which === 'best' ? 'best' : 'last'] = value.checkpoint;
    else if (value.kind === 'status' && course.phases.at(-1) !== value.status.phase)
      course.phases.push(value.status.phase);
  }
}

/** Curves without what the clock says. */
export const figures = (points: readonly StepMetrics[]) => points.map(({ seconds: _, ...rest }) => rest);
