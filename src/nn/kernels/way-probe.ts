/** Measures which way a device takes (`way.ts`): all compute the same, larger and larger, until their times tell something. */
import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { TrainingBackend } from './backend.ts';
import { type KernelSource, reads, writes } from './kernel.ts';
import { summing, workgroupSum } from './reduce.ts';
import { SMALL, tileCount, tileCountOf, tiledProduct, tileMemory } from './tile.ts';
import { hasSubgroups, ROW_THREADS, ROW_WAYS, type RowWay, setWays, UNMEASURED, WAYS, type Ways } from './way.ts';

/** Sides of the squares that are tried, and the columns of a row that is summed: waiting shows where there is little to sum. */
const SIDES = [128, 256, 512, 1024] as const;
const LARGEST = 1024;
const COLUMNS = 64;
/** A time tells something where it is so many times what the device takes to answer at all, which is no less than this. */
const TELLING = 4;
const SHORTEST_MS = 0.25;
/**
 * By what factor another way has to be faster: what cannot be told, and a draw, is shared. Sums are rounded otherwise in
 * each, so what is close should not change from one start of a device to the next.
 */
const CLEARLY = 1.5;
const ROUNDS = 3;

interface Trial<W extends RowWay> {
  ways(device: GPUDevice): readonly W[];
  source(way: W): KernelSource;
  groups(side: number): number;
}

/** The product of two squares; sums of short rows. */
const TRIALS: { readonly [K in keyof Ways]: Trial<Ways[K]> } = {
  products: {
    ways: () => WAYS,
    source: (way) => ({
      buffers: [reads('a'), reads('b'), writes('y')],
      uniforms: ['side:i32'],
      threads: SMALL.threads,
      declarations:
        tileMemory(SMALL) +
        tiledProduct(
          {
            name: 'product',
            rows: 'u.side',
            columns: 'u.side',
            left: (m, k) => `a[${m} * u.side + ${k}]`,
            right: (k, n) => `b[${k} * u.side + ${n}]`,
            store: (m, n, sum) => `y[${m} * u.side + ${n}] = ${sum};`,
          },
          SMALL,
          way,
        ),
      main: `if (group < ${tileCountOf('u.side', 'u.side', SMALL)}) { product(group, lid, 0, u.side); }`,
    }),
    groups: (side) => tileCount(side, side, SMALL),
  },
  rows: {
    ways: (device) => (hasSubgroups(device) ? ROW_WAYS : WAYS),
    source: (way) => ({
      buffers: [reads('a'), reads('b'), writes('y')],
      uniforms: ['side:i32'],
      threads: ROW_THREADS[way],
      ...summing(way),
      declarations: workgroupSum('total', 'f32', ROW_THREADS[way], way),
      main: `var own = 0.0;
  let row = group * ${COLUMNS};
  for (var c = i32(lid); c < ${COLUMNS}; c += ${ROW_THREADS[way]}) { own += a[row + c] * b[row + c]; }
  let sum = total(own, lid);
  if (lid == 0u) { y[group] = sum; }`,
    }),
    groups: (side) => side,
  },
};

/** Least milliseconds until the device has done it, by way. */
type Times = Readonly<Partial<Record<RowWay, number>>>;

async function times<K extends keyof Ways>(
  backend: TrainingBackend,
  kind: K,
  side: number,
  squares: readonly TensorInfo[],
): Promise<Times> {
  const { ways, source, groups }: Trial<Ways[K]> = TRIALS[kind];
  const best: Partial<Record<RowWay, number>> = {};
  for (let round = 0; round < ROUNDS; round++)
    for (const way of ways(backend.device)) {
      const from = performance.now();
      backend.dispatch(`probe/${kind}/${way}`, () => source(way), squares, [side], groups(side));
      backend.flush();
      await backend.queue.onSubmittedWorkDone();
      best[way] = Math.min(best[way] ?? Number.POSITIVE_INFINITY, performance.now() - from);
    }
  return best;
}

/**
 * By what a device took at work and when `idle`, in milliseconds; undefined where that is too short to tell anything.
 * Alone goes before subgroups, however close these are.
 */
export function fastest(found: Times, idle: number): RowWay | undefined {
  if (Math.max(...Object.values(found)) < TELLING * idle) return undefined;
  const at = (way: RowWay) => (found[way] ?? Number.POSITIVE_INFINITY) - idle;
  return (['alone', 'subgroups'] as const).find((way) => at(way) * CLEARLY < at('shared')) ?? 'shared';
}

async function faster<K extends keyof Ways>(
  backend: TrainingBackend,
  kind: K,
  squares: readonly TensorInfo[],
): Promise<Ways[K]> {
  const nothing = await times(backend, kind, 1, squares);
  const idle = Math.max(SHORTEST_MS, Math.min(...Object.values(nothing)));
  for (const side of SIDES) {
    const way = fastest(await times(backend, kind, side, squares), idle);
    if (way) return way as Ways[K];
  }
  return UNMEASURED[kind];
}

async function measure(backend: TrainingBackend): Promise<Ways> {
  const size = 4 * LARGEST * LARGEST;
  // not the pool's, which would keep them; three, for none is read and written in one dispatch
  const buffers = [0, 1, 2].map(() => backend.device.createBuffer({ size, usage: GPUBufferUsage.STORAGE }));
  const squares = buffers.map((buffer) => backend.view(buffer, 0, [LARGEST, LARGEST]));
  try {
    return {
      products: await faster(backend, 'products', squares),
      rows: await faster(backend, 'rows', squares),
    };
  } finally {
    for (const { dataId } of squares) backend.disposeData(dataId);
    for (const buffer of buffers) buffer.destroy();
  }
}

/** By the adapter's name: a device that is started anew takes the ways of the one before. */
const measured = new Map<string, Ways>();

/** Settles the ways of a backend that has computed nothing yet. */
export async function settleWays(backend: TrainingBackend, adapter: string): Promise<Ways> {
  const ways = measured.get(adapter) ?? (await measure(backend).catch(() => UNMEASURED));
  measured.set(adapter, ways);
  setWays(backend, ways);
  return ways;
}
