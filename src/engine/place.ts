import type { BackendInfo } from '../protocol/backend.ts';

/** Bytes of a data set, as it is or as a frozen prefix left it, that may stay on the device; a larger one is streamed. */
export const DEVICE_BUDGET = 512 * 2 ** 20;

/** Where so many bytes of it go, in one buffer, beside what is there of it already. */
export const placeOf = (bytes: number, backend: BackendInfo, beside = 0): 'device' | 'disk' =>
  bytes + beside <= DEVICE_BUDGET && (backend.name !== 'webgpu' || bytes <= backend.maxBufferBytes) ? 'device' : 'disk';
