import { type Counts, deviceMemory, resetPeak, since, snapshot, startTally } from './meter.ts';

export interface StepCounts extends Omit<Counts, 'storageBytes'> {
  /** Into storage buffers from the CPU: the batch, and all else. */
  batchBytes: number;
  uploadBytes: number;
  /** Reads that the next step waits for. */
  awaitedReads: number;
  /** Of the tensors between two steps: weights and what the optimizer keeps. */
  liveBytes: number;
  /** Of all buffers on the device at most, those that lie ready to be used again with them. */
  peakBytes: number;
  /** Processor time of what JavaScript does, milliseconds, median. */
  jsMs: number;
  steps: number;
  tally?: Readonly<Record<string, number>>;
}

/** Something that trains step by step. */
export interface Counted<B> {
  batch(): B;
  /** Of what a batch uploads. */
  bytes(batch: B): number;
  /** One step; resolves with its milliseconds, when the next may begin. */
  step(batch: B): Promise<number>;
  liveBytes(): number;
  /** Waits for what is still on its way. */
  drain(): Promise<unknown>;
  tallied?: boolean;
}

/** Steps until the pool and the caches are full, which must then stay as they are. */
const WARM_UP = 6;
/** Milliseconds that the timed steps may take in all, and how many there are at least and at most. */
const BUDGET = 1500;
const [FEWEST, MOST] = [5, 60];

const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[values.length >> 1]!;

/** Lets what is waiting for the event loop go on. */
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** Warms up, then counts steps that all have the same shape. */
export async function count<B>(o: Counted<B>): Promise<StepCounts> {
  const times: number[] = [];
  const one = async () => {
    const batch = o.batch();
    const ms = await o.step(batch);
    await turn();
    return { ms, bytes: o.bytes(batch) };
  };
  for (let i = 0; i < WARM_UP; i++) await one();
  await o.drain();
  resetPeak();
  const before = snapshot();
  const stopTally = o.tallied ? startTally() : undefined;
  let batchBytes = 0;
  const started = performance.now();
  while (times.length < FEWEST || (times.length < MOST && performance.now() - started < BUDGET)) {
    const { ms, bytes } = await one();
    times.push(ms);
    batchBytes = bytes;
  }
  await o.drain();
  const steps = times.length;
  const { storageBytes, ...counted } = since(before, steps);
  const tally = stopTally?.();
  return {
    ...counted,
    batchBytes: Math.min(batchBytes, storageBytes),
    uploadBytes: Math.max(0, storageBytes - batchBytes),
    awaitedReads: 0,
    liveBytes: o.liveBytes(),
    peakBytes: deviceMemory().peak,
    jsMs: median(times),
    steps,
    ...(tally ? { tally: Object.fromEntries([...tally].map(([name, calls]) => [name, calls / steps])) } : {}),
  };
}
