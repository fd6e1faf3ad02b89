import type { BackendInfo } from '../protocol/backend.ts';
import { type Lean, smallerBatches } from '../protocol/lean.ts';
import type { Tight } from '../protocol/model.ts';

/** What WebAssembly can address, which is all that it has. */
const HEAP = 2 ** 32 - 2 ** 16;

/** Bytes that a run may take beside what is there, where the device says. WebGPU does not: it says no when it has no more. */
export const roomOf = ({ name }: Pick<BackendInfo, 'name'>, beside: number): number =>
  name === 'wasm' ? HEAP - beside : Number.POSITIVE_INFINITY;

/**
 * Undefined where a run has room as it is set; else what would fit and learns the same: stages that run again, the largest
 * batch that is small enough, or both where neither does it alone. `bytesOf` tells what a run takes.
 */
export function tightness(settings: Lean, room: number, bytesOf: (settings: Lean) => number): Tight | undefined {
  if (bytesOf(settings) <= room) return undefined;
  const { batchSize, accumulate } = settings;
  const again: Lean = { batchSize, accumulate, gradientCheckpointing: true };
  const fitting = (all: readonly Lean[]) => all.filter((one) => bytesOf(one) <= room).slice(0, 1);
  const smaller = fitting(
    smallerBatches({ batchSize, accumulate, gradientCheckpointing: settings.gradientCheckpointing }),
  );
  const single = settings.gradientCheckpointing ? smaller : [...smaller, ...fitting([again])];
  const ways = single.length > 0 ? single : fitting(smallerBatches(again));
  return { roomBytes: room, ways: ways.map((way) => ({ ...way, memoryBytes: bytesOf(way) })) };
}
