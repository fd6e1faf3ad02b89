import { Learner } from '../nn/learner.ts';
import { OPTIMIZERS } from '../nn/optimizers/index.ts';
import { regularised } from '../nn/regularise.ts';
import { ratesOf, startingValues } from './plan.ts';
import type { Run } from './runs.ts';
import { taskOf } from './tasks.ts';

/** What trains as a run's settings say, from the model's own weights. */
export const learnerOf = ({ model, plan, settings }: Pick<Run, 'model' | 'plan' | 'settings'>): Learner =>
  new Learner({
    architecture: regularised(plan.architecture, plan.base.architecture, settings),
    values: startingValues(model, plan, settings.seed),
    trainable: plan.trainable,
    optimizer: OPTIMIZERS[settings.optimizer],
    objective: taskOf(model.config.architecture).objective,
    seed: settings.seed,
    batchStatistics: settings.batchNorm === 'batch',
    clipNorm: settings.clipNorm,
    l2: settings.l2,
    checkpointing: settings.gradientCheckpointing,
    rate: ratesOf(plan),
  });
