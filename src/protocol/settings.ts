import type { OptionSpec } from './options.ts';
import { MONITORS, type RunSettings, SCHEDULES } from './run.ts';

/** Settings of every run, as data for the form. Names are keys of `RunSettings`. */
export const TRAINING_OPTIONS = [
  { name: 'epochs', type: 'integer', default: 20, min: 1, max: 1000 },
  { name: 'batchSize', type: 'integer', default: 16, min: 1, max: 512 },
  { name: 'optimizer', type: 'choice', default: 'adamw', choices: ['adamw', 'sgd'] },
  { name: 'learningRate', type: 'number', default: 1e-3, min: 1e-6, max: 1, scale: 'log' },
  { name: 'weightDecay', type: 'number', default: 0.01, min: 0, max: 1 },
  { name: 'momentum', type: 'number', default: 0.9, min: 0, max: 0.999 },
  { name: 'schedule', type: 'choice', default: 'cosine', choices: SCHEDULES },
  { name: 'warmupSteps', type: 'integer', default: 0, min: 0, max: 100000 },
  { name: 'labelSmoothing', type: 'number', default: 0, min: 0, max: 0.5 },
  { name: 'classWeights', type: 'choice', default: 'none', choices: ['none', 'balanced'] },
  { name: 'clipNorm', type: 'number', default: 0, min: 0, max: 100 },
  { name: 'batchNorm', type: 'choice', default: 'inference', choices: ['inference', 'batch'] },
  { name: 'cachePrefix', type: 'switch', default: true },
  { name: 'seed', type: 'integer', default: 42, min: 0, max: 2 ** 31 - 1 },
] as const satisfies readonly (OptionSpec & { name: keyof RunSettings })[];

export const EARLY_STOPPING_OPTIONS = [
  { name: 'enabled', type: 'switch', default: true },
  { name: 'monitor', type: 'choice', default: 'validationLoss', choices: MONITORS },
  { name: 'mode', type: 'choice', default: 'auto', choices: ['auto', 'min', 'max'] },
  { name: 'patience', type: 'integer', default: 5, min: 0, max: 1000 },
  { name: 'minDelta', type: 'number', default: 0, min: 0, max: 1 },
  { name: 'startFromEpoch', type: 'integer', default: 0, min: 0, max: 1000 },
  { name: 'restoreBest', type: 'switch', default: true },
] as const satisfies readonly (OptionSpec & { name: keyof RunSettings['earlyStopping'] })[];
