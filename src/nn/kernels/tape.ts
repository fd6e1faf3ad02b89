/** Operations with any number of outputs, made of our kernels, on the tape. */
import type { TensorInfo } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { currentTape } from '../tape.ts';
import { type TrainingBackend, trainingBackend } from './backend.ts';

export interface Forward {
  /** Memory that nobody else holds: of `make`, `view` or `alias`. */
  outputs: readonly TensorInfo[];
  /** What the gradient needs: inputs, or outputs and by-products as the kernels made them. */
  saved?: readonly (tf.Tensor | TensorInfo)[];
}
export interface Operation<K extends string> {
  /** For messages. */
  name?: string;
  inputs: Readonly<Partial<Record<K, tf.Tensor | undefined>>>;
  /** `wanted` says which inputs a gradient will be taken by; nothing is saved where none is. */
  forward(backend: TrainingBackend, wanted: Readonly<Record<K, boolean>>): Forward;
  /**
   * Gradients of the inputs that are `wanted`; others that come with them are dropped. `dys` are in the order of the
   * outputs, undefined where nothing depends on one; `saved` is in the order of `forward`'s. Both go when it returns.
   */
  backward(
    backend: TrainingBackend,
    dys: readonly (tf.Tensor | undefined)[],
    saved: readonly tf.Tensor[],
    wanted: Readonly<Record<K, boolean>>,
  ): Partial<Record<K, TensorInfo | undefined>>;
}

const tensorOf = (info: TensorInfo): tf.Tensor => tf.engine().makeTensorFromTensorInfo(info);

/** Runs an operation and puts it on the tape as one. Its tensors are tidied as any others. */
export function operation<K extends string>({ name = 'kernel', inputs, forward, backward }: Operation<K>): tf.Tensor[] {
  const given = Object.fromEntries(Object.entries(inputs).filter(([, tensor]) => tensor)) as Record<K, tf.Tensor>;
  const names = Object.keys(given) as K[];
  const tape = currentTape();
  const wanted = Object.fromEntries(names.map((key) => [key, tape?.moves(given[key]) ?? false])) as Record<K, boolean>;
  const backend = trainingBackend()!;
  const { outputs, saved = [] } = forward(backend, wanted);
  const results = outputs.map(tensorOf);
  const taped = tape !== undefined && names.some((key) => wanted[key]);
  const byProducts = saved.filter((one) => !(one instanceof tf.Tensor) && !outputs.includes(one));
  if (taped) {
    const kept = saved.map((one) => tf.keep(tensorOf(backend.alias(one))));
    tape.add({
      name,
      inputs: given,
      outputs: results,
      saved: kept,
      gradient: (dys) => {
        const found = backward(backend, dys, kept, wanted);
        return Object.fromEntries(
          names.flatMap((key) => {
            const info = found[key];
            if (info && !wanted[key]) backend.disposeData(info.dataId);
            return wanted[key] && info ? [[key, () => tensorOf(info)] as const] : [];
          }),
        );
      },
    });
  }
  for (const { dataId } of byProducts) backend.disposeData(dataId);
  return results;
}
