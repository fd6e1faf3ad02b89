import { readFile } from 'node:fs/promises';
import { type LoadedModel, loadShipped } from '../../src/engine/model.ts';
import { type Plan, planRun, startingValues } from '../../src/engine/plan.ts';
import { taskMetaOf, taskOf } from '../../src/engine/tasks.ts';
import { METHOD_METAS, type MethodId } from '../../src/methods/metas.ts';
import { registerGradients } from '../../src/nn/backends/gradients.ts';
import { startWasm } from '../../src/nn/backends/wasm.ts';
import { Learner, type LearnerOptions } from '../../src/nn/learner.ts';
import { OPTIMIZERS } from '../../src/nn/optimizers/index.ts';
import type { PreprocessorConfig } from '../../src/protocol/model.ts';
import { defaultsOf } from '../../src/protocol/options.ts';
import { ROOT } from './root.ts';

export const ON_NODE = 'WASM, 1 thread, Node';

/** The backend as the studio starts it, in Node. */
export async function startInNode(): Promise<void> {
  registerGradients();
  await startWasm();
}

/** A model of `public/models`, as the engine loads it. */
export const readModel = (id: string): Promise<LoadedModel> =>
  loadShipped(
    id,
    `${ROOT}public/`,
    () => {},
    async (path) => new Response(new Uint8Array(await readFile(path))),
  );

/** A run's plan and its learner, set up as the engine does. */
export function learnerOf(
  model: LoadedModel,
  classes: readonly string[],
  method: MethodId,
  options: Partial<LearnerOptions> = {},
): { plan: Plan; learner: Learner } {
  const { architecture } = model.config;
  const plan = planRun(model, classes, {
    method: { id: method, options: defaultsOf(METHOD_METAS[method].options) },
    task: defaultsOf(taskMetaOf(architecture).options),
  });
  const learner = new Learner({
    architecture: plan.architecture,
    values: startingValues(model, plan, 42),
    trainable: plan.trainable,
    optimizer: OPTIMIZERS.adamw,
    objective: taskOf(architecture).objective,
    seed: 42,
    batchStatistics: false,
    clipNorm: 0,
    ...options,
  });
  return { plan, learner };
}

/** What a model for pictures makes its inputs with. */
export function imageProcessorOf({ processor }: LoadedModel): PreprocessorConfig {
  if (processor.kind !== 'image') throw new Error('takes texts');
  return processor.config;
}

export function sidesOf(model: LoadedModel): { size: number; channels: number } {
  const { size, channels } = imageProcessorOf(model);
  return { size: size.height, channels };
}
