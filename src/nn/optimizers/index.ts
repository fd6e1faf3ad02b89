import type { OptimizerId } from '../../protocol/run.ts';
import { adam } from './adam.ts';
import { lion } from './lion.ts';
import { muon } from './muon.ts';
import type { Optimizer } from './optimizer.ts';
import { rmsprop } from './rmsprop.ts';
import { sgd } from './sgd.ts';

/** AdamW and Adam are one rule: they differ in the decay that goes with them by default. */
export const OPTIMIZERS = { adamw: adam, adam, sgd, rmsprop, lion, muon } satisfies Record<OptimizerId, Optimizer>;
