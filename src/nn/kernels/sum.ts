/** Sums of two values of one shape: what a block adds to what it was given, and the gradients of what is read twice. */
import * as tf from '@tensorflow/tfjs-core';
import { type TrainingBackend, trainingBackend } from './backend.ts';
import { type KernelSource, reads, THREADS, writes } from './kernel.ts';

const source = (): KernelSource => ({
  buffers: [reads('a'), reads('b'), writes('y')],
  uniforms: ['n:i32'],
  main: 'if (gid < u.n) { y[gid] = a[gid] + b[gid]; }',
});
const inPlace = (): KernelSource => ({
  buffers: [reads('b'), writes('a')],
  uniforms: ['n:i32'],
  main: 'if (gid < u.n) { a[gid] += b[gid]; }',
});
const groupsOf = ({ size }: tf.Tensor): number => Math.ceil(size / THREADS);

/** a + b */
export function sum(backend: TrainingBackend, a: tf.Tensor, b: tf.Tensor): tf.TensorInfo {
  const y = backend.make(a.shape);
  backend.dispatch('sum', source, [a, b, y], [a.size], groupsOf(a));
  return y;
}

/** a + b of two gradients that nobody else will read: they are gone, or one of them is the sum. */
export function gathered(a: tf.Tensor, b: tf.Tensor): tf.Tensor {
  const backend = trainingBackend();
  if (backend?.isAlone(a)) {
    backend.dispatch('sum.inPlace', inPlace, [b, a], [a.size], groupsOf(a));
    backend.changed(a);
    b.dispose();
    return a;
  }
  const y = backend ? tf.engine().makeTensorFromTensorInfo(sum(backend, a, b)) : tf.add(a, b);
  tf.dispose([a, b]);
  return y;
}
