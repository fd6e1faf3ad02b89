/** The studio's forward pass alone, as it predicts: what is measured against runtimes that do not train. */
import { version_core } from '@tensorflow/tfjs-core';
import type { BenchCase } from '../../../src/bench/cases.ts';
import type { Contender } from '../../../src/bench/contender.ts';
import { startBackend } from '../../../src/nn/backends/index.ts';
import { Network } from '../../../src/nn/network.ts';
import type { BenchBackend } from '../../../src/protocol/bench.ts';

/** What is held against each other in the place of losses: every logit. */
export async function logitsOf(steps: number, next: () => Promise<Float32Array>): Promise<number[]> {
  const all: number[] = [];
  for (let i = 0; i < steps; i++) all.push(...(await next()));
  return all;
}

/** Passes one after the other: with two at once `onnxruntime-web` never comes back on WebGPU. */
export async function passes(steps: number, next: () => Promise<Float32Array>): Promise<void> {
  for (let i = 0; i < steps; i++) await next();
}

export async function forward(o: BenchCase, backend: BenchBackend): Promise<Contender> {
  const started = await startBackend(backend === 'webgpu' ? 'webgpu' : 'wasm');
  if (started.name !== backend) throw new Error(`no ${backend} here`);
  const network = new Network(o.architecture, o.values);
  let step = 0;
  const next = async () => {
    const { inputs: batch } = o.batches[step++ % o.batches.length]!;
    return network.logits({ kind: 'arrays', batch });
  };
  return {
    adapter: started.adapter || `${backend}, ${started.threads} thread${started.threads > 1 ? 's' : ''}`,
    version: `TensorFlow.js ${version_core}`,
    parameters: [...o.values.values()].reduce((sum, { length }) => sum + length, 0),
    losses: (steps) => logitsOf(steps, next),
    run: (steps) => passes(steps, next),
  };
}
