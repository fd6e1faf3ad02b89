/** Dropout whose mask is nowhere: the kernel draws it again on the way back. */

import type * as tf from '@tensorflow/tfjs-core';
import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { TrainingBackend } from './backend.ts';
import { type KernelSource, reads, THREADS, writes } from './kernel.ts';
import { dropBelow, RANDOM_BITS } from './random.ts';
import { operation } from './tape.ts';
import { type PlaceUniform, placeUniform } from './uniforms.ts';

export interface Dropped {
  /** Where in the network: a place has a uniform of its own, so that a step's seeds are all written at once. */
  name: string;
  rate: number;
  seed: number;
  /** Neighbours that are dropped together, 1 for none. */
  together: number;
}

const UNIFORMS = ['size:i32', 'together:i32', 'limit:u32', 'seed:u32', 'scale:f32'];

const source = (): KernelSource => ({
  buffers: [reads('x'), writes('y')],
  uniforms: UNIFORMS,
  declarations: RANDOM_BITS,
  main: `if (gid < u.size) {
    let dropped = randomBits(u32(gid / u.together), u.seed) < u.limit;
    y[gid] = x[gid] * select(u.scale, 0.0, dropped);
  }`,
});

const uniformOf = (backend: TrainingBackend, { name, rate, seed, together }: Dropped, size: number): PlaceUniform =>
  placeUniform(backend, 'dropout', name, UNIFORMS, [size, together, dropBelow(rate), seed, 1 / (1 - rate)]);

function masked(backend: TrainingBackend, x: tf.Tensor, o: Dropped): TensorInfo {
  const y = backend.make(x.shape);
  const uniform = uniformOf(backend, o, x.size);
  backend.dispatch('dropout', source, [x, y], uniform, Math.ceil(x.size / THREADS));
  return y;
}

/** x times the mask of `dropoutMask`. */
export function dropout(x: tf.Tensor, o: Dropped): tf.Tensor {
  const [y] = operation({
    name: 'dropout',
    inputs: { x },
    forward: (backend) => ({ outputs: [masked(backend, x, o)] }),
    backward: (backend, [dy]) => ({ x: masked(backend, dy!, o) }),
  });
  return y!;
}
