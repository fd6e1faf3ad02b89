import { uniform } from '@/lib/random.ts';
import { type DatasetSummary, SPLITS } from '@/protocol/dataset.ts';
import type { Comparison, Evaluation, ExportedFile, Saliency } from '@/protocol/result.ts';
import type { RunSettings, RunStatus, StepMetrics } from '@/protocol/run.ts';
import { initialSettings } from '@/session/defaults.ts';
import { emptyCurves, plot } from '@/session/series.ts';
import type { RunRecord } from '@/session/store.ts';
import { CLASSES, drawnPicture } from './fixtures.ts';

const VALIDATION_EXAMPLES = 36;
/** Loss falls as exp(-epoch / 3.2); validation turns up after its best epoch. */
const trainLoss = (epoch: number): number => 0.03 + 1.58 * Math.exp(-epoch / 3.2);
const validationLoss = (epoch: number, best: number): number =>
  0.26 + 1.36 * Math.exp(-epoch / 2.6) + 0.0075 * Math.max(0, epoch - best) ** 1.2;

function points(id: string, epochs: number, stepsPerEpoch: number, best: number): StepMetrics[] {
  const random = uniform(7);
  const perStep = 0.118;
  const train = Array.from({ length: Math.round(epochs * stepsPerEpoch) }, (_, i): StepMetrics => {
    const epoch = (i + 1) / stepsPerEpoch;
    const loss = trainLoss(epoch) * (1 + (random() + random() - 1) * 0.5) + random() * 0.02;
    return {
      run: id,
      split: 'train',
      step: i + 1,
      epoch,
      seconds: (i + 1) * perStep,
      loss,
      accuracy: Math.min(1, Math.round(16 * (1 - 0.75 * Math.exp(-epoch / 2.4) + (random() - 0.5) * 0.12)) / 16),
      examples: 16,
      learningRate: 3e-4,
    };
  });
  const validation = Array.from({ length: Math.floor(epochs) + 1 }, (_, epoch): StepMetrics => {
    const right = Math.round(
      VALIDATION_EXAMPLES * (0.93 - 0.7 * Math.exp(-epoch / 2) - 0.002 * Math.max(0, epoch - best)),
    );
    return {
      run: id,
      split: 'validation',
      step: epoch * stepsPerEpoch,
      epoch,
      seconds: epoch * stepsPerEpoch * perStep,
      loss: validationLoss(epoch, best),
      accuracy: right / VALIDATION_EXAMPLES,
      examples: VALIDATION_EXAMPLES,
    };
  });
  return [...train, ...validation];
}

interface RunOf {
  number?: number;
  epochs?: number;
  stepsPerEpoch?: number;
  best?: number;
  settings?: Partial<RunSettings>;
  status?: Partial<RunStatus>;
  rest?: Partial<RunRecord>;
}

/** A run on the herbs that has come to `epochs` of 40 and was best at `best`. */
export function runOf({
  number = 1,
  epochs = 17,
  stepsPerEpoch = 21,
  best = 11,
  settings,
  status,
  rest,
}: RunOf = {}): RunRecord {
  const id = `run-${number}`;
  const all = points(id, epochs, stepsPerEpoch, best);
  const defaults = initialSettings();
  const full: RunSettings = {
    ...defaults,
    method: { id: 'last-n', options: { stages: 4 } },
    epochs: 40,
    learningRate: 3e-4,
    warmupSteps: 42,
    earlyStopping: { ...defaults.earlyStopping, patience: 8 },
    ...settings,
  };
  return {
    id,
    number,
    modelName: 'efficientnet-lite0',
    datasetName: 'herb-leaves',
    classes: Object.keys(CLASSES),
    settings: full,
    status: {
      run: id,
      phase: 'running',
      backend: 'webgpu',
      step: Math.round(epochs * stepsPerEpoch),
      totalSteps: full.epochs * stepsPerEpoch,
      stepsPerEpoch,
      epoch: epochs,
      epochs: full.epochs,
      prepared: { done: 204, total: 204 },
      ...(epochs > 0
        ? {
            best: {
              epoch: best,
              step: best * stepsPerEpoch,
              monitor: 'validationLoss' as const,
              value: validationLoss(best, best),
            },
          }
        : {}),
      wait: Math.max(0, Math.floor(epochs) - best),
      examplesPerSecond: 170.3,
      stepMs: 118,
      secondsLeft: 67,
      memoryBytes: 412e6,
      peakBytes: 431e6,
      gradientBytes: 10.7e6,
      optimizerBytes: 21.4e6,
      trainable: 2_676_645,
      cache: { bytes: 45e6, place: 'device' },
      unrepeatable: ['DepthwiseConv2dNativeBackpropFilter'],
      ...status,
    },
    samples: [],
    marks: [],
    ...plot(emptyCurves(), all),
    imported: false,
    ...rest,
  };
}

export const runsOf = (...runs: readonly RunRecord[]) => ({
  runs: Object.fromEntries(runs.map((run) => [run.id, run])),
  ...(runs[0] ? { currentRun: runs[0].id } : {}),
});

/** Answers to a dataset's test pictures: every ninth is taken for the next class. */
export function evaluationOf(dataset: DatasetSummary, run = 'run-1'): Evaluation {
  const classes = dataset.classes.map(({ name }) => name);
  const { labels, splits } = dataset.examples;
  const test = [...labels].flatMap((label, id) => (splits[id] === SPLITS.indexOf('test') ? [{ id, label }] : []));
  const confusion = classes.map(() => classes.map(() => 0));
  const answers = test.map(({ id, label }, i) => {
    const answer = i % 9 === 4 ? (label + 1) % classes.length : label;
    confusion[label]![answer]!++;
    const sure = 0.55 + ((i * 37) % 45) / 100;
    const probabilities = Float32Array.from(classes, (_, c) =>
      c === answer ? sure : (1 - sure) / (classes.length - 1),
    );
    return { id, truth: label, probabilities };
  });
  const right = confusion.reduce((sum, row, i) => sum + row[i]!, 0);
  return {
    run,
    split: 'test',
    classes,
    examples: test.length,
    loss: 0.281,
    accuracy: right / test.length,
    confusion,
    answers,
  };
}

/** What the model before training would say of the same pictures: every third is taken for the class before. */
export function baseOf(evaluation: Evaluation): Evaluation {
  const { classes } = evaluation;
  const confusion = classes.map(() => classes.map(() => 0));
  const answers = evaluation.answers.map(({ id, truth }, i) => {
    const answer = i % 3 === 1 ? (truth + classes.length - 1) % classes.length : truth;
    confusion[truth]![answer]!++;
    return {
      id,
      truth,
      probabilities: Float32Array.from(classes, (_, c) => (c === answer ? 0.4 : 0.6 / (classes.length - 1))),
    };
  });
  const right = confusion.reduce((sum, row, i) => sum + row[i]!, 0);
  return { ...evaluation, confusion, answers, accuracy: right / evaluation.examples, loss: 1.1 };
}

/** A map that is brightest at its upper left; the square is drawn. */
export const saliencyOf = (label: number): Saliency => ({
  label,
  width: 7,
  height: 7,
  map: Float32Array.from({ length: 49 }, (_, i) => Math.max(0, 1 - Math.hypot(Math.floor(i / 7) - 1, (i % 7) - 2) / 4)),
  picture: drawnPicture(label, 3),
});

export const COMPARISON: Comparison = {
  tuned: [
    { label: 'Thyme', probability: 0.96 },
    { label: 'Mint', probability: 0.03 },
    { label: 'Basil', probability: 0.008 },
    { label: 'Parsley', probability: 0.002 },
  ],
  pretrained: [
    { label: 'cardoon', probability: 0.31 },
    { label: 'head cabbage', probability: 0.12 },
    { label: 'leaf beetle, chrysomelid', probability: 0.07 },
    { label: 'mantis', probability: 0.05 },
    { label: 'pot, flowerpot', probability: 0.03 },
  ],
  oldHead: [{ label: 'leaf beetle', probability: 0.22 }],
  logits: Float32Array.of(0.1, 1.4, -1.2, 4.9),
};

export const EXPORTED: ExportedFile = {
  name: 'herb-leaves-run-1.zip',
  blob: new Blob(['zip'], { type: 'application/zip' }),
  entries: [
    { name: 'model.safetensors', bytes: 13_617_204 },
    { name: 'config.json', bytes: 1840 },
    { name: 'preprocessor_config.json', bytes: 312 },
    { name: 'settings.json', bytes: 1204 },
    { name: 'history.csv', bytes: 41_230 },
    { name: 'tuning_fork.py', bytes: 6120 },
    { name: 'README.md', bytes: 2210 },
  ],
  snippet: `from safetensors.torch import load_file
from tuning_fork import efficientnet_lite0, preprocess, labels

model = efficientnet_lite0(classes=4).eval()
model.load_state_dict(load_file("model.safetensors"), strict=True)

logits = model(preprocess("leaf.jpg"))
print(labels[logits.argmax().item()])`,
  card: `---
license: apache-2.0
library_name: pytorch
tags:
- image-classification
---

# herb-leaves

Tells **4 classes** apart on one picture: Basil, Mint, Parsley, Thyme.

## Result

| | |
|---|---:|
| Test accuracy | 88.9 % (74.7 to 95.6), 32 of 36 |
| Best epoch | 11 of 40 |

## Training

AdamW, learning rate \`3e-4\`, cosine, batch 16, seed 42.

- last 4 stages, the rest frozen
- early stopping after 8 epochs

\`\`\`python
model = load("model.safetensors")
\`\`\`
`,
};
