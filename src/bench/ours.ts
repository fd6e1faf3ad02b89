import { version_core } from '@tensorflow/tfjs-core';
import { startBackend } from '../nn/backends/index.ts';
import { labelObjective } from '../nn/classification.ts';
import { Learner } from '../nn/learner.ts';
import { nextTokenObjective } from '../nn/next-token.ts';
import { OPTIMIZERS } from '../nn/optimizers/index.ts';
import { sizeOf } from '../nn/profile.ts';
import type { BenchBackend } from '../protocol/bench.ts';
import { type BenchCase, trainableOf } from './cases.ts';
import { type Contender, take } from './contender.ts';

/** The studio's own engine. It trains on WebGPU and on WebAssembly. */
export async function ours(o: BenchCase, backend: BenchBackend): Promise<Contender> {
  if (backend !== 'webgpu' && backend !== 'wasm') throw new Error(`The studio does not train on ${backend}.`);
  const started = await startBackend(backend);
  if (started.name !== backend) throw new Error(`no ${backend}: ${started.reasons.map(({ code }) => code).join(', ')}`);
  const trainable = trainableOf(o.architecture);
  const learner = new Learner({
    architecture: o.architecture,
    values: o.values,
    trainable,
    optimizer: OPTIMIZERS.adamw,
    objective: o.architecture.perToken ? nextTokenObjective : labelObjective,
    seed: 1,
    batchStatistics: false,
    clipNorm: 0,
  });
  let step = 0;
  const next = async () => {
    const { inputs, targets, count } = o.batches[step % o.batches.length]!;
    const context = { step: step++, learningRate: o.learningRate, weightDecay: 0, momentum: 0.9 };
    const { loss } = await learner.step([{ input: { kind: 'arrays', batch: inputs }, targets, count }], context);
    return loss;
  };
  return {
    adapter: started.adapter || `${backend}, ${started.threads} thread${started.threads > 1 ? 's' : ''}`,
    version: `TensorFlow.js ${version_core}`,
    parameters: learner.trainable.reduce((sum, name) => sum + sizeOf(learner.network.weights.get(name).shape), 0),
    losses: (steps) => take(steps, next),
    async run(steps) {
      await take(steps, next);
    },
  };
}
