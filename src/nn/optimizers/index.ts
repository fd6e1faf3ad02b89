import type { RunSettings } from '../../protocol/run.ts';
import { adamw } from './adamw.ts';
import type { Optimizer } from './optimizer.ts';
import { sgd } from './sgd.ts';

export const OPTIMIZERS = { adamw, sgd } as unknown as Record<RunSettings['optimizer'], Optimizer>;
