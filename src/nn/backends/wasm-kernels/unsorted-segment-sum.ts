import { type TensorInfo, UnsortedSegmentSum } from '@tensorflow/tfjs-core';
import { addressOf, type KernelArgs, replaceKernel, sizeOf, zeros } from './heap.ts';
import { simdLoops } from './simd/module.ts';

/** x [n, ...], segmentIds [n] -> [numSegments, ...]: rows of x summed by id; ids out of range are left out. */
export function unsortedSegmentSum({ inputs, attrs, backend }: KernelArgs): TensorInfo {
  const [x, segmentIds] = [inputs.x!, inputs.segmentIds!];
  const numSegments = attrs.numSegments as number;
  if (x.dtype !== 'float32') throw new Error(`UnsortedSegmentSum takes float32, not ${x.dtype}`);
  const inner = x.shape.slice(segmentIds.shape.length);
  const size = sizeOf(inner);
  const out = zeros(backend, [numSegments, ...inner]);
  const ids = backend.typedArrayFromHeap(segmentIds);
  const [to, from] = [addressOf(backend, out), addressOf(backend, x)];
  const { addRuns } = simdLoops(backend);
  ids.forEach((id: number, i: number) => {
    if (id >= 0 && id < numSegments) addRuns(to + 4 * id * size, 0, from + 4 * i * size, 0, 1, size);
  });
  return out;
}

export const registerUnsortedSegmentSum = (): void => replaceKernel(UnsortedSegmentSum, unsortedSegmentSum);
