import { expect, it } from 'vitest';
import { ByteLru } from './lru.ts';
import { mapPool } from './pool.ts';

it('forgets what was used longest ago', () => {
  const lru = new ByteLru<string>(10);
  lru.set('a', new Uint8Array(4));
  lru.set('b', new Uint8Array(4));
  lru.get('a');
  lru.set('c', new Uint8Array(4));
  expect([lru.get('a')?.length, lru.get('b'), lru.get('c')?.length, lru.bytes]).toEqual([4, undefined, 4, 8]);
  lru.set('a', new Uint8Array(6));
  expect(lru.bytes).toBe(10);
  lru.set('huge', new Uint8Array(11));
  expect([lru.get('huge'), lru.bytes]).toEqual([undefined, 10]);
});

it('maps a few at once, in order, and stops at the first failure', async () => {
  let running = 0;
  let most = 0;
  const doubled = await mapPool([3, 1, 2, 5], 2, async (n) => {
    most = Math.max(most, ++running);
    await new Promise((resolve) => setTimeout(resolve, n));
    running -= 1;
    return n * 2;
  });
  expect([doubled, most]).toEqual([[6, 2, 4, 10], 2]);
  const started: number[] = [];
  const failing = mapPool([0, 1, 2, 3], 1, async (n) => {
    started.push(n);
    if (n === 1) throw new Error('one');
  });
  await expect(failing).rejects.toThrow('one');
  expect(started).toEqual([0, 1]);
});
