/** Shared by this folder's tests: a small tuned model, its Python side, and a zip's entries. */
import { unzipSync } from 'fflate';
import type { ExportedFile } from '../protocol/result.ts';
import type { RunSettings, StepMetrics } from '../protocol/run.ts';
import { defaultSettings } from '../protocol/settings.ts';
import type { TunedModel } from './tuned-model.ts';
import type { PythonSide } from './zip.ts';

export const SETTINGS: RunSettings = {
  ...defaultSettings(),
  model: { kind: 'shipped', id: 'digits-cnn' },
  method: { id: 'last-n', options: { stages: 2 } },
  task: {},
  epochs: 20,
  batchSize: 16,
  seed: 7,
  optimizer: 'adamw',
  learningRate: 3e-4,
  weightDecay: 0.01,
  momentum: 0.9,
  schedule: 'cosine',
  warmupSteps: 5,
  labelSmoothing: 0.1,
  classWeights: 'balanced',
  clipNorm: 1,
  batchNorm: 'inference',
  cachePrefix: true,
  halfPrecisionCache: false,
  gradientCheckpointing: false,
  augmentation: {
    flipHorizontal: true,
    flipVertical: false,
    crop: 0.25,
    rotate: 15,
    colour: 0.2,
    erase: 0,
    mixup: 0.2,
    cutmix: 0,
    synonyms: 0,
    swap: 0,
    deletion: 0,
    views: 6,
  },
  fewShot: { examplesPerClass: 8, draw: 1, share: 1 },
  earlyStopping: {
    enabled: true,
    monitor: 'validationLoss',
    mode: 'auto',
    patience: 5,
    minDelta: 0.001,
    startFromEpoch: 0,
    restoreBest: true,
    act: 'stop',
  },
};

export const HISTORY: readonly StepMetrics[] = [
  { run: 'r', split: 'validation', step: 0, epoch: 0, seconds: 0, loss: 1.1, accuracy: 1 / 3, examples: 9 },
  {
    run: 'r',
    split: 'train',
    step: 4,
    epoch: 0.5,
    seconds: 1.5,
    loss: 0.7,
    accuracy: 0.75,
    examples: 64,
    learningRate: 3e-4,
  },
  {
    run: 'r',
    split: 'train',
    step: 8,
    epoch: 1,
    seconds: 3.25,
    loss: 0.5,
    accuracy: 0.875,
    examples: 64,
    learningRate: 1e-7,
  },
  { run: 'r', split: 'validation', step: 8, epoch: 1, seconds: 3.25, loss: 0.4, accuracy: 1, examples: 9 },
];

/** Values that rounding or a wrong byte order would give away: the least, the greatest, minus zero and thirds. */
const EDGES = [1 / 3, -0, 1e-45, -3.4028234663852886e38, Math.PI];
const tensor = (...shape: number[]) => ({
  shape,
  data: Float32Array.from({ length: shape.reduce((n, d) => n * d, 1) }, (_, i) => EDGES[i % EDGES.length]! * (i + 1)),
});

const PREPROCESSOR = {
  do_center_crop: true,
  size: { height: 28, width: 28 },
  channels: 1,
  rescale_factor: 1 / 255,
  image_mean: [0.1307],
  image_std: [0.3081],
};

export const tunedModel = (changes: Partial<TunedModel> = {}): TunedModel => ({
  title: 'Cats, dogs & birds',
  task: 'image-classification',
  config: { architecture: 'digits-cnn', num_labels: 3, image_size: 28, channels: 1, widths: [4], hidden: 5 },
  processorFiles: { 'preprocessor_config.json': JSON.stringify(PREPROCESSOR) },
  labels: ['cat', 'dog', 'bird'],
  weights: new Map([
    ['conv1.weight', tensor(4, 1, 3, 3)],
    ['conv1.bias', tensor(4)],
    ['classifier.weight', tensor(3, 5)],
    ['classifier.bias', tensor(3)],
  ]),
  pretrainedHead: {
    labels: ['0', '1', '2', '3'],
    weights: new Map([
      ['classifier.weight', tensor(4, 5)],
      ['classifier.bias', tensor(4)],
    ]),
  },
  base: { id: 'digits-cnn', shipped: true, licence: 'Apache-2.0', sha256: 'ab'.repeat(32) },
  settings: SETTINGS,
  data: {
    name: 'Cats, dogs & birds',
    classes: [
      { name: 'cat', counts: { train: 30, validation: 3, test: 3 } },
      { name: 'dog', counts: { train: 34, validation: 3, test: 3 } },
      { name: 'bird', counts: { train: 12, validation: 3, test: 4 } },
    ],
    split: { validation: 0.15, test: 0.15, seed: 42 },
  },
  training: {
    backend: 'wasm',
    adapter: '',
    finish: 'early-stopping',
    epoch: 1,
    step: 8,
    seconds: 83.4,
    trainable: 18,
    total: 58,
  },
  test: { examples: 10, correct: 9, loss: 0.31415926 },
  history: HISTORY,
  ...changes,
});

export const PYTHON: PythonSide = {
  recipe: { requires: [], files: ['net.py'], imports: 'from net import Net', build: 'Net(num_labels=len(labels))' },
  files: { 'preprocess.py': '# preprocess\n', 'net.py': '# net\n', LICENSE: 'Apache\n' },
};

export const unzipped = async ({ blob }: ExportedFile): Promise<Map<string, Uint8Array>> =>
  new Map(Object.entries(unzipSync(new Uint8Array(await blob.arrayBuffer()))));
