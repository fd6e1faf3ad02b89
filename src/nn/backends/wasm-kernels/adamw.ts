import type { TensorInfo } from '@tensorflow/tfjs-core';
import { ADAMW, type AdamwNumbers } from '../adamw.ts';
import { addressOf, type KernelArgs, replaceKernel, sizeOf } from './heap.ts';
import type { Task } from './routines.ts';
import { runTasks, shares } from './simd/module.ts';

/**
 * New tensors, not the old ones changed: XNNPACK keeps what it packed of a weight for as long as its tensor lives.
 */
function adamw({ inputs, attrs, backend }: KernelArgs): TensorInfo[] {
  const { weight, gradient, mean, square } = inputs;
  const { shape } = weight!;
  const outputs = [weight, mean, square].map(() => backend.makeOutput(shape, 'float32'));
  const addresses = [...outputs, weight!, gradient!, mean!, square!].map((tensor) => addressOf(backend, tensor));
  const { beta1, beta2, epsilon, rate, correction, keep, l2 } = attrs as unknown as AdamwNumbers;
  const numbers = [keep, l2, beta1, 1 - beta1, beta2, 1 - beta2, rate, correction, epsilon];
  const tasks = shares(backend, sizeOf(shape), 4).map(
    ([first, count]): Task => ['adamw', [...addresses.map((address) => address + 4 * first), count, ...numbers]],
  );
  runTasks(backend, tasks);
  return outputs;
}

export const registerAdamw = (): void => replaceKernel(ADAMW, adamw);
