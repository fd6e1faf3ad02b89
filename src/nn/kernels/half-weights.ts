/**
 * Weights in half precision where they lose nothing by it: those that a file in half precision gave and nothing has moved.
 * They take half of the memory, and half of the reading; what is computed is the same to the bit.
 */
import { halvesToFloats } from '../../lib/half.ts';
import type { TrainingBackend } from './backend.ts';
import { type KernelSource, readsWeight, type Scalar, THREADS, writes } from './kernel.ts';

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

/** Of every kind, again and again: zeros, the least and greatest subnormal and normal halves, thirds. */
const KINDS = [0x0000, 0x8000, 0x0001, 0x8001, 0x03ff, 0x83ff, 0x0400, 0x3555, 0xb555, 0x3c00, 0x7bff, 0xfbff];
const TRIED = Uint16Array.from({ length: 2 * THREADS }, (_, i) => KINDS[i % KINDS.length]!);

/** Whether a device reads every half as the number that it is: it may take subnormal ones for zero. */
export async function readsHalves(backend: TrainingBackend): Promise<boolean> {
  const values = halvesToFloats(TRIED);
  const { STORAGE, COPY_SRC, COPY_DST, MAP_READ } = GPUBufferUsage;
  // not the pool's, which would keep them
  const make = (usage: number) => backend.device.createBuffer({ size: values.byteLength, usage });
  const [halves, floats, staging] = [make(STORAGE | COPY_DST), make(STORAGE | COPY_SRC), make(MAP_READ | COPY_DST)];
  const tensors = [halves, floats].map((buffer) => backend.view(buffer, 0, [values.length]));
  try {
    backend.queue.writeBuffer(halves, 0, TRIED);
    const source = () => inHalves(widenSource(), 1, halfFormOf(backend.device));
    backend.dispatch('probe/halves', source, tensors, [values.length], values.length / THREADS);
    backend.encodeCopy({ buffer: floats }, { buffer: staging }, values.byteLength);
    backend.flush();
    await staging.mapAsync(GPUMapMode.READ);
    const read = new Float32Array(staging.getMappedRange());
    return values.every((value, i) => Object.is(value, read[i]));
  } catch {
    return false;
  } finally {
    for (const { dataId } of tensors) backend.disposeData(dataId);
    for (const buffer of [halves, floats, staging]) buffer.destroy();
  }
}
