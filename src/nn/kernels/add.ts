import type * as tf from '@tensorflow/tfjs-core';
import { sum } from './sum.ts';
import { operation } from './tape.ts';

/** a + b of one shape; the gradient by both is what comes. */
export function add(a: tf.Tensor, b: tf.Tensor): tf.Tensor {
  const [y] = operation({
    name: 'add',
    inputs: { a, b },
    forward: (backend) => ({ outputs: [sum(backend, a, b)] }),
    backward: (backend, [dy]) => ({ a: backend.alias(dy!), b: backend.alias(dy!) }),
  });
  return y!;
}
