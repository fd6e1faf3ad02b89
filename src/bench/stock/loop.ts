import * as tf from '@tensorflow/tfjs-core';
import { type Batch, upload } from '../../nn/batch.ts';
import { profile } from '../../nn/profile.ts';
import type { BenchBackend } from '../../protocol/bench.ts';
import type { BenchCase } from '../cases.ts';
import { type Contender, take } from '../contender.ts';
import { crossEntropy } from './layers.ts';
import { NETWORKS } from './networks.ts';
import { startStock } from './start.ts';

/** Masks as floats: on WebGPU a cast of integers that is transposed does not compile (TensorFlow.js 4.22). */
const floating = (inputs: Batch): Batch => {
  const { mask, ...rest } = inputs;
  return mask ? { ...rest, mask: { ...mask, data: Float32Array.from(mask.data), dtype: 'float32' } } : inputs;
};

/** PyTorch's defaults, which are also ours. */
const adam = (learningRate: number): tf.AdamOptimizer => tf.train.adam(learningRate, 0.9, 0.999, 1e-8);

/** A training loop with plain operations and `tf.train.adam`, as TensorFlow.js's own guides have it. */
export async function stockLoop(o: BenchCase, backend: BenchBackend): Promise<Contender> {
  const adapter = await startStock(backend);
  const weights = new Map<string, tf.Tensor>();
  const moving: tf.Variable[] = [];
  for (const [name, { shape, role }] of profile(o.architecture).weights) {
    const value = tf.tensor(o.values.get(name)!, [...shape]);
    if (role === 'stat') {
      weights.set(name, value);
      continue;
    }
    const variable = tf.variable(value);
    value.dispose();
    weights.set(name, variable);
    moving.push(variable);
  }
  const network = NETWORKS[o.model](o);
  const optimizer = adam(o.learningRate);
  let step = 0;
  const next = async () => {
    const { inputs, labels } = o.batches[step++ % o.batches.length]!;
    const given = upload(floating(inputs));
    const wanted = tf.tensor1d(labels, 'int32');
    const cost = optimizer.minimize(() => crossEntropy(network(weights, given), wanted), true, moving)!;
    tf.dispose([given, wanted]);
    const [loss] = await cost.data();
    cost.dispose();
    return loss!;
  };
  return {
    adapter,
    version: `TensorFlow.js ${tf.version_core}`,
    parameters: moving.reduce((sum, { size }) => sum + size, 0),
    losses: (steps) => take(steps, next),
    async run(steps) {
      await take(steps, next);
    },
  };
}
