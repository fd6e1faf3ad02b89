import { batchesOf, epochOrder } from '../data/batches.ts';
import type { BackendInfo, SettledBackend } from '../protocol/backend.ts';
import { note, ProblemError } from '../protocol/problems.ts';
import type { RunSettings } from '../protocol/run.ts';
import { makeReady, sourceOf } from './examples.ts';
import { Feed } from './feed.ts';
import { learnerOf } from './learner.ts';
import type { LoadedModel } from './model.ts';
import type { Plan } from './plan.ts';
import { cachePrefix } from './prefix.ts';
import type { Studio } from './studio.ts';

/** Steps that are timed, after those in which kernels are compiled and memory is found. */
const STEPS = { before: 3, timed: 10 };
/** A backend on which the steps take longer has shown enough. */
const BUDGET_MS = 4000;
/**
 * Operations of a step that WebAssembly does in about ten milliseconds, which is what handing some two hundred kernels to
 * a GPU may take.
 */
const SMALL_STEP = 2e8;

/** What a trial is about. */
export interface TrialOf {
  model: LoadedModel;
  plan: Plan;
  settings: RunSettings;
  /** Training examples. */
  ids: readonly number[];
}

/** Floating point operations of a step; what is frozen and kept is not done again. */
export function stepFlops({ plan, settings }: Pick<TrialOf, 'plan' | 'settings'>): number {
  const from = settings.cachePrefix ? plan.boundary : 0;
  const each = plan.profile.stages.reduce(
    (sum, { flops, backwardFlops }, i) => sum + (i >= from ? flops : 0) + (i >= plan.boundary ? backwardFlops : 0),
    0,
  );
  return settings.batchSize * each;
}

/** Whether `auto` cannot tell which backend is faster: a processor's own graphics, or steps that are mostly overhead. */
export const inDoubt = (backend: BackendInfo, flops: number): boolean =>
  backend.choice === 'auto' && backend.webgpu !== undefined && (backend.webgpu === 'integrated' || flops < SMALL_STEP);

/** What makes runs alike in speed. */
export const trialKey = ({ settings, plan }: Pick<TrialOf, 'plan' | 'settings'>): string => {
  const { model, method, optimizer, batchSize, cachePrefix: cached, batchNorm } = settings;
  return JSON.stringify([model, method, plan.config.num_labels, optimizer, batchSize, cached, batchNorm]);
};

/** Milliseconds a step on each; undefined where the trial failed. The faster one, and why; nothing where neither ran. */
export function verdict(ms: { webgpu: number | undefined; wasm: number | undefined }): SettledBackend | undefined {
  const { webgpu, wasm } = ms;
  if (webgpu === undefined || wasm === undefined) {
    if (webgpu === wasm) return undefined;
    return { name: webgpu === undefined ? 'wasm' : 'webgpu', reasons: [] };
  }
  const name = wasm < webgpu ? 'wasm' : 'webgpu';
  const total = (each: number): number => Math.round(each * STEPS.timed);
  const values = {
    steps: STEPS.timed,
    webgpu: total(webgpu),
    wasm: total(wasm),
    chosen: name === 'wasm' ? 'WASM' : 'WebGPU',
  };
  return { name, reasons: [note('trial-steps', values)] };
}

/** The part of the studio that a trial needs. */
interface Settles extends Pick<Studio, 'trials' | 'settle'> {
  backend(): Promise<BackendInfo>;
}

/**
 * The backend that a run begins on. Where `auto` is in doubt, steps are timed on both, once for each model with its settings;
 * `time` gives milliseconds a step on the backend that has been started.
 */
export async function settledBackend(
  studio: Settles,
  of: Pick<TrialOf, 'plan' | 'settings'>,
  time: (backend: BackendInfo) => Promise<number>,
): Promise<BackendInfo> {
  const backend = await studio.backend();
  if (!inDoubt(backend, stepFlops(of))) return backend.webgpu && backend.name === 'wasm' ? studio.settle() : backend;
  const key = trialKey(of);
  let settled = studio.trials.get(key);
  if (!settled) {
    const timed = async (name: 'webgpu' | 'wasm'): Promise<number | undefined> => {
      const started = await studio.settle({ name, reasons: [] });
      if (started.name !== name) return undefined;
      return time(started).catch((error: unknown) => {
        if (error instanceof ProblemError && error.problem.code === 'busy') throw error;
        return undefined;
      });
    };
    settled = verdict({ webgpu: await timed('webgpu'), wasm: await timed('wasm') });
    if (settled) studio.trials.set(key, settled);
  }
  return studio.settle(settled);
}

/** Milliseconds of a real step, on weights that are thrown away. Throws `busy` where a run begins meanwhile. */
export async function timeSteps(
  studio: Studio,
  { model, plan, settings, ids }: TrialOf,
  backend: BackendInfo,
): Promise<number> {
  const check = () => {
    if (studio.active) throw new ProblemError('busy');
  };
  const dataset = studio.needDataset();
  const source = sourceOf(dataset, model, settings.task);
  const order = epochOrder(ids.length, settings.seed, 1);
  const train = Array.from(order.subarray(0, settings.batchSize), (place) => ids[place]!);
  await makeReady(studio, source, train, check);
  const learner = learnerOf({ model, plan, settings });
  const cached = settings.cachePrefix && plan.boundary > 0;
  const only = { train, validation: [] };
  const cache = cached
    ? await cachePrefix({ network: learner.network, plan, source, ids: only, settings, backend, onProgress: check })
    : undefined;
  try {
    const feed = new Feed({ source, classes: dataset.classes.length, ids: only, cache, settings });
    const [batch] = batchesOf(train, settings.batchSize);
    const { learningRate, weightDecay, momentum } = settings;
    const times: number[] = [];
    const begun = performance.now();
    for (let step = 0; step < STEPS.before + STEPS.timed; step++) {
      const from = performance.now();
      const fed = await feed.training(batch!, 1, 0);
      await learner.step([fed], { step, learningRate, weightDecay, momentum });
      if (step >= STEPS.before) times.push(performance.now() - from);
      if (times.length > 0 && performance.now() - begun > BUDGET_MS) break;
      check();
    }
    return times.reduce((sum, ms) => sum + ms, 0) / times.length;
  } finally {
    cache?.dispose();
    learner.dispose();
  }
}
