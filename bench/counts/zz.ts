import * as tf from '@tensorflow/tfjs-core';
import { startBackend } from '../../src/nn/backends/index.ts';
import { trainingBackend } from '../../src/nn/kernels/backend.ts';
import { Learner } from '../../src/nn/learner.ts';
import { OPTIMIZERS } from '../../src/nn/optimizers/index.ts';
import { profile, sizeOf } from '../../src/nn/profile.ts';
import { batchesOf, MODELS } from './models.ts';
import { nullGpu } from './null-device.ts';
export async function main(args: string[]) {
  const id = args[0] as 'gpt-4l';
  await startBackend('webgpu', { gpu: nullGpu() });
  const b = trainingBackend()! as any;
  const architecture = MODELS[id].architecture(MODELS[id].config(0));
  const { weights } = profile(architecture);
  const learner = new Learner({ architecture, values: new Map([...weights].map(([n, { shape }]) => [n, new Float32Array(sizeOf(shape))])), trainable: new Set([...weights.keys()].filter((n) => !/running/.test(n))), optimizer: OPTIMIZERS.adamw, objective: MODELS[id].objective, seed: 42, batchStatistics: false, clipNorm: 0 });
  const batches = batchesOf(id);
  const made = new Map<object, string>();
  const set = b.tensorMap.set.bind(b.tensorMap); let on = false;
  b.tensorMap.set = (k: object, v: any) => { if (on) made.set(k, JSON.stringify(v.shape) + ' ' + v.dtype + ' ' + new Error().stack!.split('\n').slice(3, 9).map((l) => l.trim().replace(/\(.*\//, '(')).join(' < ')); return set(k, v); };
  let mem: number[] = [];
  for (let step = 0; step < 6; step++) {
    on = step === 3;
    await learner.step([{ input: { kind: 'arrays', batch: batches[step % batches.length]!.inputs }, targets: batches[step % batches.length]!.targets, count: 1 }], { learningRate: 1e-4, weightDecay: 0.01, momentum: 0.9, step });
    mem.push(tf.memory().numDataBuffers, (tf.memory() as any).numBytesInGPU, tf.memory().numTensors);
  }
  console.log(mem.join(' '));
  for (const [k, v] of made) if (b.tensorMap.has(k)) console.log('left', b.tensorMap.get(k).refCount, v.slice(0, 700));
}
