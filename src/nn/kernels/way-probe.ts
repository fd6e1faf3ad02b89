/** Measures which way a device takes (`way.ts`): both compute the same, larger and larger, until their times tell something. */
import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { TrainingBackend } from './backend.ts';
import { type KernelSource, reads, writes } from './kernel.ts';
import { workgroupSum } from './reduce.ts';
import { SMALL, tileCount, tileCountOf, tiledProduct, tileMemory } from './tile.ts';
import { ROW_THREADS, setWays, UNMEASURED, WAYS, type Way, type Ways } from './way.ts';

/** Sides of the squares that are tried, and the columns of a row that is summed: waiting shows where there is little to sum. */
const SIDES = [128, 256, 512, 1024] as const;
const LARGEST = 1024;
const COLUMNS = 64;
/** A time tells something where it is so many times what the device takes to answer at all, which is no less than this. */
const TELLING = 4;
const SHORTEST_MS = 0.25;
/** Alone has to be faster by this factor: what cannot be told, and a draw, is shared. */
const CLEARLY = 1.5;
const ROUNDS = 3;

interface Trial {
  source(way: Way): KernelSource;
  groups(side: number): number;
}

/** The product of two squares; sums of short rows. */
const TRIALS: Readonly<Record<keyof Ways, Trial>> = {
  products: {
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
    source: (way) => ({
      buffers: [reads('a'), reads('b'), writes('y')],
      uniforms: ['side:i32'],
      threads: ROW_THREADS[way],
      declarations: workgroupSum('total', 'f32', ROW_THREADS[way]),
      main: `var own = 0.0;
  let row = group * ${COLUMNS};
  for (var c = i32(lid); c < ${COLUMNS}; c += ${ROW_THREADS[way]}) { own += a[row + c] * b[row + c]; }
  let sum = total(own, lid);
  if (lid == 0u) { y[group] = sum; }`,
    }),
    groups: (side) => side,
  },
};

/** The least milliseconds of some until the device has done it, each way. */
async function times(
  backend: TrainingBackend,
  kind: keyof Ways,
  side: number,
  squares: readonly TensorInfo[],
): Promise<Record<Way, number>> {
  const { source, groups } = TRIALS[kind];
  const best = { shared: Number.POSITIVE_INFINITY, alone: Number.POSITIVE_INFINITY };
  for (let round = 0; round < ROUNDS; round++)
    for (const way of WAYS) {
      const from = performance.now();
      backend.dispatch(`probe/${kind}/${way}`, () => source(way), squares, [side], groups(side));
      backend.flush();
      await backend.queue.onSubmittedWorkDone();
      best[way] = Math.min(best[way], performance.now() - from);
    }
  return best;
}

async function faster(backend: TrainingBackend, kind: keyof Ways, squares: readonly TensorInfo[]): Promise<Way> {
  const nothing = await times(backend, kind, 1, squares);
  const idle = Math.max(SHORTEST_MS, Math.min(nothing.shared, nothing.alone));
  for (const side of SIDES) {
    const { shared, alone } = await times(backend, kind, side, squares);
    if (Math.max(shared, alone) < TELLING * idle) continue;
    return (alone - idle) * CLEARLY < shared - idle ? 'alone' : 'shared';
  }
  return 'shared';
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
