import { expect, it } from 'vitest';
import type { Lean } from '../protocol/lean.ts';
import { roomOf, tightness } from './lean.ts';

const settings: Lean = { batchSize: 16, accumulate: 1, gradientCheckpointing: false };
/** Weights of 100, and 10 for each example: 4 where its stages run again. */
const bytesOf = ({ batchSize, gradientCheckpointing }: Lean) => 100 + (gradientCheckpointing ? 4 : 10) * batchSize;

it('a run that has room is left alone', () => {
  expect(tightness(settings, 260, bytesOf)).toBeUndefined();
  expect(tightness(settings, roomOf({ name: 'webgpu' }, 0), bytesOf)).toBeUndefined();
  expect(roomOf({ name: 'wasm' }, 1000)).toBe(65535 * 65536 - 1000);
});

it('one that has none is offered the largest batch that fits, and stages that run again', () => {
  expect(tightness(settings, 200, bytesOf)!.ways).toEqual([
    { batchSize: 8, accumulate: 2, gradientCheckpointing: false, memoryBytes: 180 },
    { batchSize: 16, accumulate: 1, gradientCheckpointing: true, memoryBytes: 164 },
  ]);
  // too little for that: the batch alone does it
  expect(tightness(settings, 130, bytesOf)!.ways).toEqual([
    { batchSize: 2, accumulate: 8, gradientCheckpointing: false, memoryBytes: 120 },
  ]);
  // both, where neither does it alone
  expect(tightness(settings, 108, bytesOf)!.ways).toEqual([
    { batchSize: 2, accumulate: 8, gradientCheckpointing: true, memoryBytes: 108 },
  ]);
  expect(tightness(settings, 90, bytesOf)!.ways).toEqual([]);
});
