import { describe, expect, it } from 'vitest';
import { readAhead } from './read-ahead.ts';

const turns = async (count: number): Promise<void> => {
  for (let i = 0; i < count; i++) await Promise.resolve();
};

describe('reading ahead', () => {
  it('gives everything in its order, and has read so many more and none beyond', async () => {
    const begun: number[] = [];
    let open = 0;
    const read = async (item: number) => {
      begun.push(item);
      open++;
      expect(open).toBe(1);
      await turns(item % 3);
      open--;
      return 10 * item;
    };
    const seen: number[] = [];
    for await (const value of readAhead([1, 2, 3, 4, 5, 6], read, 2)) {
      seen.push(value);
      await turns(50);
      expect(begun).toHaveLength(Math.min(6, seen.length + 2));
    }
    expect(seen).toEqual([10, 20, 30, 40, 50, 60]);
  });

  it('reads an error where it belongs, and nothing behind it', async () => {
    const begun: number[] = [];
    const read = async (item: number) => {
      begun.push(item);
      if (item === 3) throw new Error('bad 3');
      return item;
    };
    const seen: number[] = [];
    const all = async () => {
      for await (const value of readAhead([1, 2, 3, 4, 5], read)) {
        seen.push(value);
        await turns(50);
      }
    };
    await expect(all()).rejects.toThrow('bad 3');
    expect([seen, begun]).toEqual([
      [1, 2],
      [1, 2, 3],
    ]);
  });

  it('an error that nobody comes to is none', async () => {
    const ahead = readAhead([1, 2], async (item) => {
      if (item === 2) throw new Error('bad 2');
      return item;
    });
    expect(await ahead.next()).toEqual({ value: 1, done: false });
    await ahead.return();
    await turns(50);
  });

  it('of nothing gives nothing', async () => {
    for await (const _ of readAhead([], () => Promise.reject(new Error('read')))) expect.unreachable();
  });
});
