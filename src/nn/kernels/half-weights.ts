/**
 * Weights in half precision where they lose nothing by it: those that a file in half precision gave and nothing has moved.
 * They take half of the memory, and half of the reading; what is computed is the same to the bit.
 */
import { halvesToFloats } from '../../lib/half.ts';
import type { TrainingBackend } from './backend.ts';
import { type KernelSource, readsWeight, type Scalar, writes } from './kernel.ts';

/** How a kernel reads them: as halves where the device has `shader-f16`, else two out of a word. */
export type HalfForm = Extract<Scalar, 'f16' | 'u32'>;

export const halfFormOf = ({ features }: Pick<GPUDevice, 'features'>): HalfForm =>
  features.has('shader-f16') ? 'f16' : 'u32';

/** A kernel with those of its buffers in half precision whose bit is set in `which`. */
export function inHalves(source: KernelSource, which: number, form: HalfForm): KernelSource {
  const buffers = source.buffers.map((buffer, i) => (which & (1 << i) ? { ...buffer, type: form } : buffer));
  return form === 'f16'
    ? { ...source, buffers, features: [...(source.features ?? []), 'shader-f16'] }
    : { ...source, buffers };
}

/** Which buffers of a kernel a weight may be in, as bits. */
export const weightBits = ({ buffers }: KernelSource): number =>
  buffers.reduce((bits, { weight }, i) => (weight ? bits | (1 << i) : bits), 0);

/** y[i] = w[i], at full width: for kernels that read nothing else. */
export const WIDEN = 'halves.widen';
export const widenSource = (): KernelSource => ({
  buffers: [readsWeight('w'), writes('y')],
  uniforms: ['n:i32'],
  main: 'if (gid < u.n) { y[gid] = wAt(gid); }',
});

/** Of every kind: zeros, the least and greatest subnormal and normal halves, thirds. */
const TRIED = Uint16Array.of(0x0000, 0x8000, 0x0001, 0x8001, 0x03ff, 0x0400, 0x3555, 0xb555, 0x3c00, 0x7bff, 0xfbff);

/**
 * Lets weights lie in halves on a backend that has computed nothing yet, if its device reads every half as the number that
 * it is: a device may take subnormal ones for zero.
 */
export async function settleHalves(backend: TrainingBackend): Promise<void> {
  backend.halves = halfFormOf(backend.device);
  const values = halvesToFloats(TRIED);
  const shape = [values.length];
  const tried = backend.makeTensorInfo(shape, 'float32', values.slice());
  const wide = backend.make(shape);
  try {
    backend.dispatch(WIDEN, widenSource, [tried, wide], shape, 1);
    const read = (await backend.read(wide.dataId)) as Float32Array;
    if (values.some((value, i) => !Object.is(value, read[i]))) backend.halves = undefined;
  } catch {
    backend.halves = undefined;
  } finally {
    for (const { dataId } of [tried, wide]) backend.disposeData(dataId);
  }
}
