import { expect, it } from 'vitest';

it('a row file in the origin private file system gives back what was written, and begins empty', async () => {
  const worker = new Worker(new URL('./testing/row-file.worker.ts', import.meta.url), { type: 'module' });
  const answer = await new Promise((resolve) => {
    worker.onmessage = ({ data }) => resolve(data);
    worker.postMessage(null);
  });
  worker.terminate();
  expect(answer).toEqual({ floats: [-2, 7], whole: [5, 6], empty: [0] });
});
