import type * as tf from '@tensorflow/tfjs-core';
import { type KernelSource, reads, THREADS, writes } from './kernel.ts';
import { operation } from './tape.ts';

const UNIFORMS = ['n:i32', 'T:i32', 'D:i32'];
/** How many a row's mask lets through, as the mean divides by. */
const COUNT = `fn countOf(row : i32) -> f32 {
  var count = 0;
  for (var t = 0; t < u.T; t++) { count += mask[row * u.T + t]; }
  return max(f32(count), 1e-9);
}`;

const mean = (): KernelSource => ({
  buffers: [reads('x'), reads('mask', 'i32'), writes('y')],
  uniforms: UNIFORMS,
  declarations: COUNT,
  main: `if (gid >= u.n) { return; }
  let row = gid / u.D;
  var sum = 0.0;
  for (var t = 0; t < u.T; t++) { sum += f32(mask[row * u.T + t]) * x[(row * u.T + t) * u.D + gid % u.D]; }
  y[gid] = sum / countOf(row);`,
});
const spread = (): KernelSource => ({
  buffers: [reads('dy'), reads('mask', 'i32'), writes('dx')],
  uniforms: UNIFORMS,
  declarations: COUNT,
  main: `if (gid >= u.n) { return; }
  let token = gid / u.D;
  let row = token / u.T;
  dx[gid] = dy[row * u.D + gid % u.D] * f32(mask[token]) / countOf(row);`,
});

/** The mean over axis 1 of what the mask lets through: x [B, T, D], mask int32 [B, T] -> [B, D]. One dispatch and one back. */
export function maskedMean(x: tf.Tensor, mask: tf.Tensor): tf.Tensor {
  const [B, T, D] = x.shape as [number, number, number];
  const [y] = operation({
    name: 'maskedMean',
    inputs: { x },
    forward(backend) {
      const out = backend.make([B, D]);
      backend.dispatch('maskedMean', mean, [x, mask, out], [B * D, T, D], Math.ceil((B * D) / THREADS));
      return { outputs: [out], saved: [mask] };
    },
    backward(backend, [dy], [kept]) {
      const dx = backend.make(x.shape);
      backend.dispatch('maskedMean.spread', spread, [dy!, kept!, dx], [x.size, T, D], Math.ceil(x.size / THREADS));
      return { x: dx };
    },
  });
  return y!;
}
