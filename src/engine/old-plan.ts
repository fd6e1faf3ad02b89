import type { Architecture, WeightSpec } from '../nn/core.ts';
import type { LoadedModel } from './model.ts';
import { ownHead } from './old-head.ts';
import type { Probes } from './old-task-probes.ts';
import { type Plan, planRun } from './plan.ts';
import type { Run } from './runs.ts';

/** The network that the old task is asked of, and where in it the frozen prefix ends. */
export interface OldPlan {
  architecture: Architecture;
  boundary: number;
  /** Weights of the head that the model came with, where the run has another. */
  head: ReadonlyMap<string, WeightSpec>;
}

/** The tuned network's own architecture with the head that the model came with, or without any where it came with none. */
export function oldPlan(run: Run, { kind }: Probes): OldPlan {
  const { model, plan, settings } = run;
  if (plan.keepsHead) return { architecture: plan.architecture, boundary: plan.boundary, head: new Map() };
  const { architecture } = ownPlan(model, kind, settings.method);
  return { architecture, boundary: plan.boundary, head: kind === 'neighbours' ? new Map() : ownHead(architecture) };
}

/** A method on a model with its own classes; of one without a head, up to the features of a text. */
export function ownPlan(model: LoadedModel, kind: Probes['kind'], method: Run['settings']['method']): Plan {
  const classes = model.labels.length > 0 ? model.labels : [''];
  const task = kind === 'neighbours' ? { pooling: 'mean', maxLength: 512 } : { ...model.summary.headOptions };
  const plan = planRun(model, classes, { method, task });
  return kind === 'neighbours' ? { ...plan, architecture: headless(plan.architecture) } : plan;
}

const headless = (architecture: Architecture): Architecture => ({
  ...architecture,
  output: 'features',
  stages: architecture.stages.slice(0, -1),
});
