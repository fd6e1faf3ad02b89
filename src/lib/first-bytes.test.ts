import { expect, test } from 'vitest';
import { firstBytes } from './first-bytes.ts';

test('gives as many bytes as are asked for, or there are', async () => {
  const all = Uint8Array.from({ length: 200_000 }, (_, i) => i % 251);
  const blob = new Blob([all]);
  for (const count of [0, 64, 65_537, 150_000, 200_000, 1e9]) {
    const bytes = await firstBytes(blob, count);
    expect(Buffer.compare(bytes, all.subarray(0, count))).toBe(0);
  }
  expect(await firstBytes(new Blob([]), 64)).toHaveLength(0);
});
