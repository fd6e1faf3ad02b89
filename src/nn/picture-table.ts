import * as tf from '@tensorflow/tfjs-core';
import { trainingBackend } from './kernels/backend.ts';
import { takeBytes, wordsOf } from './kernels/packed-rows.ts';

/** Pictures of one size on the device, as bytes. A row is written once, before it is first taken, and never again. */
export interface PictureTable {
  readonly bytes: number;
  /** `pixels` [H, W, C]. */
  write(row: number, pixels: Uint8Array): void;
  /** Float32 [B, H, W, C]; the caller disposes. */
  take(rows: Int32Array): tf.Tensor;
  dispose(): void;
}

export interface PictureForm {
  /** [H, W, C] */
  shape: readonly number[];
  /** What a byte of each channel stands for: [C, 256]. */
  lookup: Float32Array;
}

/** Bytes on the device of so many pictures. */
export const pictureTableBytes = (rows: number, { shape }: PictureForm): number =>
  4 * rows * wordsOf(tf.util.sizeFromShape([...shape]));

/** Room for so many pictures; undefined on a backend that has no memory apart from this one, and where it is full. */
export async function pictureTable(rows: number, form: PictureForm): Promise<PictureTable | undefined> {
  const backend = trainingBackend();
  if (!backend) return undefined;
  const each = tf.util.sizeFromShape([...form.shape]);
  const stride = 4 * wordsOf(each);
  const bytes = pictureTableBytes(rows, form);
  const { STORAGE, COPY_DST, COPY_SRC } = GPUBufferUsage;
  // none of the pool's: what is not submitted yet may still write to one of those, behind what is written here
  backend.device.pushErrorScope('out-of-memory');
  const buffer = backend.device.createBuffer({ size: bytes, usage: STORAGE | COPY_DST | COPY_SRC });
  if (await backend.device.popErrorScope()) return undefined;
  const words = tf.keep(tf.tensor({ buffer, zeroCopy: true }, [bytes / 4], 'int32'));
  const lookup = tf.keep(tf.tensor1d(form.lookup));
  const padded = new Uint8Array(stride);
  let alive = true;
  return {
    bytes,
    write(row, pixels) {
      if (pixels.length !== each) throw new RangeError(`${pixels.length} bytes of a picture of ${each}`);
      if (!alive) return;
      padded.set(pixels);
      backend.queue.writeBuffer(buffer, row * stride, padded);
    },
    take: (taken) =>
      tf.tidy(() => takeBytes(backend, { words, lookup, shape: form.shape }, tf.tensor1d(taken, 'int32'))),
    dispose() {
      alive = false;
      backend.flush();
      tf.dispose([words, lookup]);
      buffer.destroy();
    },
  };
}
