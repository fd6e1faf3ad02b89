/** Fused calls as kernels do them on WebGPU. */
import type * as tf from '@tensorflow/tfjs-core';
import type { Ops } from '../core.ts';
import { linear } from '../kernels/linear.ts';
import type { KernelCall } from './execute.ts';
import { type LinearTensors, PLAIN } from './plain.ts';

type TfOps = Ops<tf.Tensor>;

export const KERNELS = {
  ...PLAIN,
  'kernel.linear': (_ops: TfOps, x: tf.Tensor, { dropped, ...o }: LinearTensors) => linear(x, o),
} satisfies Record<string, KernelCall>;
