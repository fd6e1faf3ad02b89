import { describe, expect, it } from 'vitest';
import type { WeightSpec } from './core.ts';
import { fromDisk, permute, toDisk } from './layout.ts';

const counting = (length: number) => Float32Array.from({ length }, (_, i) => i);
const spec = (shape: number[], stored: WeightSpec['stored']): WeightSpec => ({
  shape,
  role: 'kernel',
  init: 'normal',
  ...(stored ? { stored } : {}),
});

describe('permute', () => {
  it('moves axes', () => {
    const { shape, data } = permute(counting(6), [2, 3], [1, 0]);
    expect(shape).toEqual([3, 2]);
    expect([...data]).toEqual([0, 3, 1, 4, 2, 5]);
  });
  it('puts the element [a, b, c, d] where the new axes say', () => {
    const from = [2, 3, 4, 5];
    const { shape, data } = permute(counting(120), from, [2, 3, 1, 0]);
    expect(shape).toEqual([4, 5, 3, 2]);
    const [a, b, c, d] = [1, 2, 3, 4];
    expect(data[((c * 5 + d) * 3 + b) * 2 + a]).toBe(((a * 3 + b) * 4 + c) * 5 + d);
  });
});

describe('layout on disk and in memory', () => {
  it.each([
    ['transposed', [7, 3], [3, 7]],
    ['oihw', [3, 5, 2, 7], [7, 2, 3, 5]],
    ['oihw-depthwise', [3, 5, 7, 1], [7, 1, 3, 5]],
    ['same', [4, 3], [4, 3]],
    [undefined, [5], [5]],
  ] as const)('%s goes to disk and back', (stored, memory, disk) => {
    const weight = spec([...memory], stored);
    const data = counting(memory.reduce<number>((n, d) => n * d, 1));
    const file = toDisk(data, weight);
    expect(file.shape).toEqual(disk);
    expect(fromDisk(file, weight)).toEqual(data);
  });
  it('gives nothing where the shape is another', () => {
    expect(fromDisk({ shape: [3, 4], data: counting(12) }, spec([3, 4], 'transposed'))).toBeUndefined();
    expect(fromDisk({ shape: [12], data: counting(12) }, spec([3, 4], 'transposed'))).toBeUndefined();
    expect(fromDisk({ shape: [4, 3], data: Int32Array.of(1) }, spec([3, 4], 'transposed'))).toBeUndefined();
  });
});
