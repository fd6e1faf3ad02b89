/** `@genai-fi/nanogpt` through its own trainer's step; its modules are taken one by one, for it exports no step. */
import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-core/dist/public/chained_ops/register_all_chained_ops.js';
import { version } from '../../../node_modules/@genai-fi/nanogpt/package.json';
import type { BenchCase } from '../../../src/bench/cases.ts';
import { type Contender, take } from '../../../src/bench/contender.ts';
import type { BenchBackend } from '../../../src/protocol/bench.ts';

const number = (value: unknown): number => value as number;

/** It takes Node for a browser's bundle without Node's modules: with a window, it asks for none of them. */
function actAsBrowser(): void {
  const document = { createElement: () => ({ getContext: () => null }) };
  Object.assign(globalThis, { window: globalThis, document });
}

export async function nanogpt({ config, batches, learningRate }: BenchCase, backend: BenchBackend): Promise<Contender> {
  if (typeof process === 'object' && process.versions?.node) actAsBrowser();
  const [{ selectBackend }, { default: Model }, { default: Trainer }] = await Promise.all([
    import('../../../node_modules/@genai-fi/nanogpt/dist/backend.js'),
    import('../../../node_modules/@genai-fi/nanogpt/dist/models/NanoGPTV1.js'),
    import('../../../node_modules/@genai-fi/nanogpt/dist/training/BasicTrainer.js'),
  ]);
  await selectBackend(backend as 'webgpu');
  const model = new Model({
    vocabSize: number(config.vocab_size),
    blockSize: number(config.n_positions),
    nLayer: number(config.n_layer),
    nHead: number(config.n_head),
    nEmbed: number(config.n_embd),
    mlpFactor: 4,
    useRope: false,
  });
  const trainer = new Trainer(model, undefined as never, {
    learningRate,
    beta1: 0.9,
    beta2: 0.999,
    epsilon: 1e-8,
    weightDecay: 0,
    warmupSteps: 0,
  });
  let step = 0;
  const next = async () => {
    const { ids } = batches[step % batches.length]!.inputs;
    const { labels } = batches[step++ % batches.length]!;
    const [xs, ys] = [ids!.data, labels].map((data) => tf.tensor(data, [...ids!.shape], 'int32'));
    // its tensors are those of the same engine, by a type of its own copy
    const loss = (trainer as unknown as Steps).trainStep({}, { xs: xs!, ys: ys! });
    tf.dispose([xs!, ys!]);
    const [value] = await loss.data();
    loss.dispose();
    return value!;
  };
  return {
    adapter: backend,
    version: `@genai-fi/nanogpt ${version}`,
    parameters: model.getNumParams(),
    differs: 'RMS normalisation, no biases',
    losses: (steps) => take(steps, next),
    async run(steps) {
      await take(steps, next);
    },
  };
}

interface Steps {
  trainStep(state: object, batch: { xs: tf.Tensor; ys: tf.Tensor }): tf.Scalar;
}
