/** Clipping by the norm of all gradients together, on the device: nobody waits for the norm. */
import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { TrainingBackend } from './backend.ts';
import { type KernelSource, reads, THREADS, writes } from './kernel.ts';
import { summing, workgroupSum } from './reduce.ts';

/** Workgroups that share the entries of an arena. */
const SUMS = 256;

/** min(1, limit / (norm + 1e-6)) over all of `gradients`, as PyTorch's `clip_grad_norm_`: [1], the caller disposes. */
export function clipScale(backend: TrainingBackend, gradients: readonly TensorInfo[], limit: number): TensorInfo {
  const squares = backend.make([SUMS * gradients.length]);
  for (const [i, one] of gradients.entries())
    backend.dispatch('clip.squares', squaresSource, [one, squares], [SUMS * i], SUMS);
  const scale = backend.make([1]);
  backend.dispatch('clip.scale', scaleSource, [squares, scale], [limit], 1);
  backend.disposeData(squares.dataId);
  return scale;
}

const squaresSource = (): KernelSource => ({
  buffers: [reads('gradients', 'vec4f'), writes('squares')],
  uniforms: ['first:i32'],
  ...summing(),
  declarations: workgroupSum('total'),
  main: `
  var sum = 0.0;
  for (var i = gid; i < i32(arrayLength(&gradients)); i += ${SUMS * THREADS}) { sum += dot(gradients[i], gradients[i]); }
  let all = total(sum, lid);
  if (lid == 0u) { squares[u.first + group] = all; }`,
});

const scaleSource = (): KernelSource => ({
  buffers: [reads('squares'), writes('scale')],
  uniforms: ['limit:f32'],
  ...summing(),
  declarations: workgroupSum('total'),
  main: `
  var sum = 0.0;
  for (var i = i32(lid); i < i32(arrayLength(&squares)); i += ${THREADS}) { sum += squares[i]; }
  let all = total(sum, lid);
  if (lid == 0u) { scale[0] = min(1.0, u.limit / (sqrt(all) + 1e-6)); }`,
});
