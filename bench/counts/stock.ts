/** One training step of TensorFlow.js as it comes: its own backend, kernels, gradients, flags and Adam. */
import * as tf from '@tensorflow/tfjs';
import { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import type { BenchCase } from '../../src/bench/cases.ts';
import { crossEntropy } from '../../src/bench/stock/layers.ts';
import { NETWORKS } from '../../src/bench/stock/networks.ts';
import { upload } from '../../src/nn/batch.ts';
import { profile } from '../../src/nn/profile.ts';
import { layersOf } from './layers.ts';
import { forgetBuffers } from './meter.ts';
import type { ModelId } from './model-ids.ts';
import { batchesOf, bytesOf, MODELS } from './models.ts';
import { nullGpu } from './null-device.ts';
import { StepCounter, type StepCounts } from './step-counter.ts';

/** Steps of stock are slow, and each is as the one before. */
const WARM_UP = 3;
/** How often `model.fit` goes through the batches. */
const TURNS = 4;
const LEARNING_RATE = 1e-4;

/** The device as the package makes it. */
async function startStock(): Promise<void> {
  forgetBuffers();
  const adapter = (await nullGpu().requestAdapter())!;
  const { limits, features, info } = adapter;
  const device = await adapter.requestDevice({
    requiredFeatures: (['timestamp-query', 'bgra8unorm-storage'] as const).filter((name) => features.has(name)),
    requiredLimits: {
      maxComputeWorkgroupStorageSize: limits.maxComputeWorkgroupStorageSize,
      maxComputeWorkgroupsPerDimension: limits.maxComputeWorkgroupsPerDimension,
      maxStorageBufferBindingSize: limits.maxStorageBufferBindingSize,
      maxBufferSize: limits.maxBufferSize,
      maxComputeWorkgroupSizeX: limits.maxComputeWorkgroupSizeX,
      maxComputeInvocationsPerWorkgroup: limits.maxComputeInvocationsPerWorkgroup,
    },
  });
  tf.removeBackend('webgpu');
  tf.registerBackend('webgpu', () => new WebGPUBackend(device, info), 3);
  await tf.setBackend('webgpu');
}

const liveBytes = (): number => (tf.memory() as tf.MemoryInfo & { numBytesInGPU: number }).numBytesInGPU;

/** What the plain network is made with. */
function caseOf(id: ModelId): BenchCase {
  const config = MODELS[id].config(0);
  const architecture = MODELS[id].architecture(config);
  return { model: id, scale: 'full', config, architecture, values: new Map(), batches: [], learningRate: 0, flops: 0 };
}

/** Zeros by name; running statistics are no variables. */
function weightsOf(id: ModelId): { weights: Map<string, tf.Tensor>; moving: tf.Variable[] } {
  const weights = new Map<string, tf.Tensor>();
  const moving: tf.Variable[] = [];
  for (const [name, { shape, role }] of profile(caseOf(id).architecture).weights) {
    const zeros = tf.zeros([...shape]);
    if (role === 'stat') weights.set(name, zeros);
    else {
      const variable = tf.variable(zeros);
      zeros.dispose();
      weights.set(name, variable);
      moving.push(variable);
    }
  }
  return { weights, moving };
}

/** A loop of plain operations with `tf.train.adam` that reads the loss of each step, as TensorFlow.js's guides have it. */
export async function countLoop(id: ModelId): Promise<StepCounts> {
  await startStock();
  const { weights, moving } = weightsOf(id);
  const network = NETWORKS[id](caseOf(id));
  const optimizer = tf.train.adam(LEARNING_RATE);
  const batches = batchesOf(id);
  const [first] = batches as [(typeof batches)[number]];
  const batchBytes = bytesOf(first.inputs) + first.labels.byteLength;
  const counter = new StepCounter({ batchBytes, liveBytes, warmUp: WARM_UP });
  for (let step = 0; counter.begin(); step++) {
    const { inputs, labels } = batches[step % batches.length]!;
    const given = upload(inputs);
    const wanted = tf.tensor1d(labels, 'int32');
    const cost = optimizer.minimize(() => crossEntropy(network(weights, given), wanted), true, moving)!;
    await cost.data();
    tf.dispose([given, wanted, cost]);
  }
  tf.dispose([...weights.values()]);
  return counter.result;
}

/** Batches one after the other, as often as it takes for one epoch to be enough: what ends an epoch is none of a step's. */
const whole = (batches: readonly tf.Tensor[]): tf.Tensor =>
  tf.concat(Array.from({ length: TURNS }, () => batches).flat());

/** `model.fit` over a data set on the device, in order. */
export async function countFit(id: ModelId): Promise<StepCounts> {
  await startStock();
  const { model, loss, targets } = layersOf(id, caseOf(id));
  model.compile({ optimizer: tf.train.adam(LEARNING_RATE), loss });
  const batches = batchesOf(id);
  const rows = Object.values(batches[0]!.inputs)[0]!.shape[0]!;
  const column = (name: string) => whole(batches.map(({ inputs }) => upload(inputs)[name]!));
  const wanted = whole(batches.map(({ labels }) => targets(labels, rows)));
  const counter = new StepCounter({ batchBytes: 0, liveBytes, warmUp: WARM_UP });
  await model.fit(model.inputNames.map(column), wanted, {
    batchSize: rows,
    epochs: 1,
    shuffle: false,
    verbose: 0,
    callbacks: {
      onBatchBegin() {
        if (!counter.begin()) model.stopTraining = true;
      },
    },
  });
  return counter.result;
}
