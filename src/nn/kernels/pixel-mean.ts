import type * as tf from '@tensorflow/tfjs-core';
import { type KernelSource, reads, THREADS, writes } from './kernel.ts';
import { operation } from './tape.ts';

const UNIFORMS = ['n:i32', 'S:i32', 'C:i32'];

const mean = (): KernelSource => ({
  buffers: [reads('x'), writes('y')],
  uniforms: UNIFORMS,
  main: `if (gid >= u.n) { return; }
  let first = (gid / u.C) * u.S * u.C + gid % u.C;
  var sum = 0.0;
  for (var s = 0; s < u.S; s++) { sum += x[first + s * u.C]; }
  y[gid] = sum / f32(u.S);`,
});
const spread = (): KernelSource => ({
  buffers: [reads('dy'), writes('dx')],
  uniforms: UNIFORMS,
  main: 'if (gid < u.n) { dx[gid] = dy[(gid / (u.S * u.C)) * u.C + gid % u.C] / f32(u.S); }',
});

/** The mean over the pixels of each channel: x [B, H, W, C] -> [B, C], one dispatch and one back. */
export function pixelMean(x: tf.Tensor4D): tf.Tensor {
  const [B, H, W, C] = x.shape;
  const S = H * W;
  const [y] = operation({
    name: 'pixelMean',
    inputs: { x },
    forward(backend) {
      const out = backend.make([B, C]);
      backend.dispatch('pixelMean', mean, [x, out], [B * C, S, C], Math.ceil((B * C) / THREADS));
      return { outputs: [out] };
    },
    backward(backend, [dy]) {
      const dx = backend.make(x.shape);
      backend.dispatch('pixelMean.spread', spread, [dy!, dx], [x.size, S, C], Math.ceil(x.size / THREADS));
      return { x: dx };
    },
  });
  return y!;
}
