import { expect, it } from 'vitest';
import type { Work } from './testing/kept.worker.ts';

async function inWorker(work: Work): Promise<unknown> {
  const worker = new Worker(new URL('./testing/kept.worker.ts', import.meta.url), { type: 'module' });
  const answer = await new Promise((resolve) => {
    worker.onmessage = ({ data }) => resolve(data);
    worker.postMessage(work);
  });
  worker.terminate();
  return answer;
}

it('a crash between the bytes of pictures and their record leaves those before, and its file is swept', async () => {
  expect(await inWorker('crashInPictures')).toEqual({
    code: 'storage-failed',
    kept: 128,
    same: true,
    of: 300,
    files: 2,
    swept: 1,
  });
});

it('a crash between a checkpoint and its record leaves the one before, bit for bit', async () => {
  expect(await inWorker('crashInCheckpoint')).toEqual({
    step: 1,
    weights: [['fc.weight', Float32Array.of(5, 1 / 3)]],
    slots: [['fc.weight/m', Float32Array.of(-5)]],
    files: 1,
    newest: 7,
  });
});

it('a full disk is told, loses nothing, and keeping goes on once there is room', async () => {
  expect(await inWorker('full')).toEqual({
    code: 'storage-full',
    available: 'number',
    done: 128 / 300,
    inMemory: 499,
    moved: true,
    last: 'kept',
    kept: 300,
    same: true,
  });
});
