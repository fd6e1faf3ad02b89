/** Measures which way a device takes (`way.ts`): all compute the same, larger and larger, until their times tell something. */
import type { TensorInfo } from '@tensorflow/tfjs-core';
import { halvesToFloats } from '../../lib/half.ts';
import type { TrainingBackend } from './backend.ts';
import { halfFormOf, inHalves, widenSource } from './half-weights.ts';
import { type KernelSource, reads, readsWeight, THREADS, writes } from './kernel.ts';
import { summing, workgroupSum } from './reduce.ts';
import { SMALL, tileCount, tileCountOf, tiledProduct, tileMemory } from './tile.ts';
import {
  hasSubgroups,
  ROW_THREADS,
  ROW_WAYS,
  setWays,
  UNMEASURED,
  WAYS,
  type Way,
  type Ways,
  WEIGHT_WAYS,
} from './way.ts';

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
/** How much longer weights in half precision may take: they save memory, and come to the same bits. */
const SLIGHTLY = 1.1;
const ROUNDS = 3;

type AnyWay = Ways[keyof Ways];
/** Least milliseconds until the device has done it, by way. */
type Times = Readonly<Partial<Record<AnyWay, number>>>;

interface Trial<W extends AnyWay> {
  ways(device: GPUDevice): readonly W[];
  source(way: W, device: GPUDevice): KernelSource;
  groups(side: number): number;
  /** By times beyond those of an idle device. */
  choose(at: (way: AnyWay) => number): W;
  /** Where even the largest is too quick to tell. */
  untold: W;
}

const productSource = (way?: Way): KernelSource => ({
  buffers: [reads('a'), readsWeight('b'), writes('y')],
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
        right: (k, n) => `bAt(${k} * u.side + ${n})`,
        store: (m, n, sum) => `y[${m} * u.side + ${n}] = ${sum};`,
      },
      SMALL,
      way,
    ),
  main: `if (group < ${tileCountOf('u.side', 'u.side', SMALL)}) { product(group, lid, 0, u.side); }`,
});

/** The product of two squares; sums of short rows; the product again, of a weight in half precision. */
const TRIALS: { readonly [K in keyof Ways]: Trial<Ways[K]> } = {
  products: {
    ways: () => WAYS,
    source: productSource,
    groups: (side) => tileCount(side, side, SMALL),
    choose: (at) => (at('alone') * CLEARLY < at('shared') ? 'alone' : 'shared'),
    untold: 'shared',
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
    // alone before subgroups, however close these are
    choose: (at) => (['alone', 'subgroups'] as const).find((way) => at(way) * CLEARLY < at('shared')) ?? 'shared',
    untold: 'shared',
  },
  weights: {
    ways: () => WEIGHT_WAYS,
    // the square of floats is read as halves as far as that goes
    source: (way, device) => (way === 'half' ? inHalves(productSource(), 0b10, halfFormOf(device)) : productSource()),
    groups: (side) => tileCount(side, side, SMALL),
    choose: (at) => (at('half') > SLIGHTLY * at('wide') ? 'wide' : 'half'),
    untold: 'half',
  },
};

async function times<K extends keyof Ways>(
  backend: TrainingBackend,
  kind: K,
  side: number,
  squares: readonly TensorInfo[],
): Promise<Times> {
  const { ways, source, groups }: Trial<Ways[K]> = TRIALS[kind];
  const best: Partial<Record<AnyWay, number>> = {};
  for (let round = 0; round < ROUNDS; round++)
    for (const way of ways(backend.device)) {
      const from = performance.now();
      backend.dispatch(`probe/${kind}/${way}`, () => source(way, backend.device), squares, [side], groups(side));
      backend.flush();
      await backend.queue.onSubmittedWorkDone();
      best[way] = Math.min(best[way] ?? Number.POSITIVE_INFINITY, performance.now() - from);
    }
  return best;
}

/**
 * By what a device took at work and when `idle`, in milliseconds; undefined where that is too short to tell anything.
 */
export function fastest<K extends keyof Ways>(kind: K, found: Times, idle: number): Ways[K] | undefined {
  if (Math.max(...Object.values(found)) < TELLING * idle) return undefined;
  const trial: Trial<Ways[K]> = TRIALS[kind];
  return trial.choose((way) => (found[way] ?? Number.POSITIVE_INFINITY) - idle);
}

async function faster<K extends keyof Ways>(
  backend: TrainingBackend,
  kind: K,
  squares: readonly TensorInfo[],
): Promise<Ways[K]> {
  const nothing = await times(backend, kind, 1, squares);
  const idle = Math.max(SHORTEST_MS, Math.min(...Object.values(nothing)));
  for (const side of SIDES) {
    const way = fastest(kind, await times(backend, kind, side, squares), idle);
    if (way) return way;
  }
  return TRIALS[kind].untold;
}

/** Of every kind, again and again: zeros, the least and greatest subnormal and normal halves, thirds. */
const KINDS = [0x0000, 0x8000, 0x0001, 0x8001, 0x03ff, 0x83ff, 0x0400, 0x3555, 0xb555, 0x3c00, 0x7bff, 0xfbff];
const TRIED = Uint16Array.from({ length: 2 * THREADS }, (_, i) => KINDS[i % KINDS.length]!);

/** Whether a device reads every half as the number that it is: it may take subnormal ones for zero. */
export async function readsHalves(backend: TrainingBackend): Promise<boolean> {
  const values = halvesToFloats(TRIED);
  const { STORAGE, COPY_SRC, COPY_DST, MAP_READ } = GPUBufferUsage;
  // not the pool's, which would keep them
  const make = (usage: number) => backend.device.createBuffer({ size: values.byteLength, usage });
  const [halves, floats, staging] = [make(STORAGE | COPY_DST), make(STORAGE | COPY_SRC), make(MAP_READ | COPY_DST)];
  const tensors = [halves, floats].map((buffer) => backend.view(buffer, 0, [values.length]));
  try {
    backend.queue.writeBuffer(halves, 0, TRIED);
    const source = () => inHalves(widenSource(), 1, halfFormOf(backend.device));
    backend.dispatch('probe/halves', source, tensors, [values.length], values.length / THREADS);
    backend.encodeCopy({ buffer: floats }, { buffer: staging }, values.byteLength);
    backend.flush();
    await staging.mapAsync(GPUMapMode.READ);
    const read = new Float32Array(staging.getMappedRange());
    return values.every((value, i) => Object.is(value, read[i]));
  } catch {
    return false;
  } finally {
    for (const { dataId } of tensors) backend.disposeData(dataId);
    for (const buffer of [halves, floats, staging]) buffer.destroy();
  }
}

async function measure(backend: TrainingBackend): Promise<Ways> {
  const size = 4 * LARGEST * LARGEST;
  // not the pool's, which would keep them; three, for none is read and written in one dispatch
  const buffers = [0, 1, 2].map(() => backend.device.createBuffer({ size, usage: GPUBufferUsage.STORAGE }));
  const squares = buffers.map((buffer) => backend.view(buffer, 0, [LARGEST, LARGEST]));
  try {
    const products = await faster(backend, 'products', squares);
    const rows = await faster(backend, 'rows', squares);
    // by the products' own way
    setWays(backend, { products, rows, weights: 'wide' });
    const weights = (await readsHalves(backend)) ? await faster(backend, 'weights', squares) : 'wide';
    return { products, rows, weights };
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
  backend.halves = ways.weights === 'half' ? halfFormOf(backend.device) : undefined;
  return ways;
}
