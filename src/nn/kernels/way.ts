/** Which way a device takes for kernels whose threads could work together: what is faster is measured once (`way-probe.ts`). */
import { type TrainingBackend, trainingBackend } from './backend.ts';
import { THREADS } from './kernel.ts';

/**
 * `shared`: threads of a workgroup read for one another into its memory, and wait for each other. `alone`: each reads what it
 * needs, and waits for nobody. Whatever acts as a GPU on a processor has to change threads where they wait.
 */
export type Way = 'shared' | 'alone';
export const WAYS = ['shared', 'alone'] as const;

/** `subgroups`: as shared, but sums go through registers among the threads that a device runs at once, where it can. */
export type RowWay = Way | 'subgroups';
export const ROW_WAYS = [...WAYS, 'subgroups'] as const;

/** What subgroups take: the feature, and the number of a thread's own, which is of the language. */
export const hasSubgroups = ({ features }: Pick<GPUDevice, 'features'>): boolean =>
  features.has('subgroups') && Boolean(globalThis.navigator?.gpu?.wgslLanguageFeatures?.has('subgroup_id'));

/** Weights that would lose nothing by it lie in half precision (`half-weights.ts`), or at full width. */
export type WeightWay = 'wide' | 'half';
export const WEIGHT_WAYS = ['wide', 'half'] as const;

/** Of products of matrices, of what goes over a row (sums, softmax, attention), and of weights that nothing has moved. */
export interface Ways {
  products: Way;
  rows: RowWay;
  weights: WeightWay;
}
export const UNMEASURED: Ways = { products: 'shared', rows: 'shared', weights: 'wide' };

const known = new WeakMap<TrainingBackend, Ways>();

/** Of the running backend. */
export function wayOf<K extends keyof Ways>(kind: K): Ways[K] {
  const backend = trainingBackend();
  return ((backend && known.get(backend)) ?? UNMEASURED)[kind];
}

/** Before any kernel of the backend is compiled: their keys do not name the way. */
export const setWays = (backend: TrainingBackend, ways: Ways): void => void known.set(backend, ways);

/** Threads that sum a row up between them; alone they are no more than a vector of a processor has. */
export const ROW_THREADS: Readonly<Record<RowWay, number>> = { shared: THREADS, subgroups: THREADS, alone: 4 };
export const rowThreads = (): number => ROW_THREADS[wayOf('rows')];
