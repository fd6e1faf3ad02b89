/** Steps on sets of different sizes, in turn, in a process of their own; prints what they took as JSON. */
import { startBackend } from '../../src/nn/backends/index.ts';
import { since, snapshot, startMeter } from '../counts/meter.ts';
import { nullGpu } from '../counts/null-device.ts';
import { readClothes } from '../lib/clothes.ts';
import { readModel } from '../lib/shipped.ts';
import { type Course, courseOf } from './course.ts';
import type { Taken } from './taken.ts';

export const SIZES = [1000, 10_000, 50_000] as const;
/** Steps before anything is measured, and of a turn. */
const WARM = 40;
const STEPS = 40;

const collect = (globalThis as { gc?: () => void }).gc;

/** Bytes that this process holds in JavaScript. */
function held(): number {
  collect?.();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

/** `--device=webgpu` is Dawn's null device, `--device=wasm`; `--turns=6`. */
export async function main(args: readonly string[]): Promise<void> {
  const value = (name: string) => args.find((arg) => arg.startsWith(`--${name}=`))?.split('=')[1];
  const name = value('device') === 'webgpu' ? 'webgpu' : 'wasm';
  const gpu = name === 'webgpu' ? nullGpu() : undefined;
  if (gpu) startMeter();
  // what the engine waits for between two steps keeps no process awake
  setInterval(() => {}, 1000);
  const backend = await startBackend(name, { gpu });
  if (backend.name !== name) throw new Error(`computes on ${backend.name}`);
  const clothes = readClothes();
  const model = await readModel('digits-cnn');
  const courses: Course[] = [];
  for (const examples of SIZES) courses.push(await courseOf(model, clothes, { examples, backend, computes: !gpu }));
  for (const course of courses) await course.advance(WARM);
  const before = held();
  const perStep: number[][] = SIZES.map(() => []);
  const written: number[] = SIZES.map(() => 0);
  for (let turn = 0; turn < Number(value('turns') ?? 6); turn++) {
    const order = turn % 2 === 0 ? [...courses.keys()] : [...courses.keys()].reverse();
    for (const place of order) {
      const counts = snapshot();
      perStep[place]!.push((await courses[place]!.advance(STEPS)) / STEPS);
      written[place] = since(counts, STEPS).storageBytes;
    }
  }
  const grown = held() - before;
  for (const course of courses) course.dispose();
  const taken: Taken = { sizes: SIZES, perStep, written, grown };
  console.log(JSON.stringify(taken));
}
