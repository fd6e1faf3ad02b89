/** The bench that the page /bench runs: pairs of contenders one after another, each in a worker of its own. */
import { createStore } from 'zustand/vanilla';
import { startContender } from '../client/bench.ts';
import { EQUAL_WITHIN, type MatchResult, match, Stopped } from '../lib/match.ts';
import {
  BENCH_MODELS,
  type BenchBackend,
  type BenchModel,
  type BenchScale,
  type SiteContender,
} from '../protocol/bench.ts';
import { SIZES } from '../protocol/bench-sizes.ts';

/** What the studio trains on. */
export type OwnBackend = Extract<BenchBackend, 'webgpu' | 'wasm'>;

export interface BenchRow {
  id: string;
  model: BenchModel;
  scale: BenchScale;
  peer: Exclude<SiteContender, 'ours'>;
  /** Of ours and of the peer: TensorFlow.js trains most networks on `cpu` where ours is on WebAssembly. */
  backends: readonly [OwnBackend, BenchBackend];
  state: 'waiting' | 'running' | 'done' | 'unequal' | 'failed' | 'stopped';
  /** From 0 to 1. */
  share: number;
  result?: MatchResult;
  /** What the engine said. */
  message?: string;
}

export interface BenchChoice {
  backend: OwnBackend;
  scale: BenchScale;
  models: readonly BenchModel[];
}

export interface BenchState {
  rows: readonly BenchRow[];
  running: boolean;
  /** Of the run whose rows these are. */
  began?: string;
}

const BLOCKS = 6;
const BLOCK_MS = 500;

/** What the Layers API can express. */
const LAYERS: ReadonlySet<BenchModel> = new Set(['mlp', 'digits-cnn']);

/** GPT-2 takes gigabytes: it is asked for. */
export const MODELS_AT_FIRST = BENCH_MODELS.filter((model) => model !== 'gpt2');

export const benchStore = createStore<BenchState>(() => ({ rows: [], running: false }));

const change = (id: string, patch: Partial<BenchRow>): void =>
  benchStore.setState(({ rows }) => ({ rows: rows.map((row) => (row.id === id ? { ...row, ...patch } : row)) }));

/** Which pairs a choice comes to. */
export function rowsOf({ backend, scale, models }: BenchChoice): BenchRow[] {
  return models.flatMap((model) => {
    const peers = LAYERS.has(model) ? (['stock-loop', 'stock-fit'] as const) : (['stock-loop'] as const);
    // on WebAssembly TensorFlow.js lacks the gradients of all but dense layers
    const theirs = backend === 'wasm' && model !== 'mlp' ? 'cpu' : backend;
    return peers.map((peer): BenchRow => {
      const id = `${model}/${scale}/${peer}/${theirs}`;
      return { id, model, scale, peer, backends: [backend, theirs], state: 'waiting', share: 0 };
    });
  });
}

let stop: (() => void) | undefined;

/** Ends what runs, at once. */
export const stopBench = (): void => stop?.();

/** Runs every pair of the choice; what is there from before goes. */
export async function runBench(choice: BenchChoice): Promise<void> {
  if (benchStore.getState().running) return;
  const rows = rowsOf(choice);
  benchStore.setState({ rows, running: true, began: new Date().toISOString() });
  let stopped = false;
  for (const row of rows) {
    if (stopped) break;
    const contenders = [startContender(), startContender()] as const;
    stop = () => {
      stopped = true;
      for (const { close } of contenders) close();
    };
    await runRow(row, contenders, () => stopped);
    for (const { close } of contenders) close();
  }
  stop = undefined;
  benchStore.setState(({ rows: now }) => ({
    running: false,
    rows: now.map((row) => (row.state === 'waiting' ? { ...row, state: 'stopped' } : row)),
  }));
}

type Contender = ReturnType<typeof startContender>;

async function runRow(row: BenchRow, [a, b]: readonly [Contender, Contender], stopped: () => boolean): Promise<void> {
  const { id, model, scale, peer, backends } = row;
  change(id, { state: 'running' });
  try {
    const result = await match(
      [
        { ask: a.ask, setup: { contender: 'ours', backend: backends[0], model, scale } },
        { ask: b.ask, setup: { contender: peer, backend: backends[1], model, scale } },
      ],
      { blocks: BLOCKS, blockMs: BLOCK_MS, stopped, onProgress: (share) => change(id, { share }) },
    );
    change(id, { state: result.difference <= EQUAL_WITHIN ? 'done' : 'unequal', result });
  } catch (error) {
    if (error instanceof Stopped || stopped()) change(id, { state: 'stopped' });
    else change(id, { state: 'failed', message: error instanceof Error ? error.message : String(error) });
  }
}

/** What the adapter says of itself; nothing where there is none. */
async function adapterFacts(): Promise<object | undefined> {
  const adapter = await navigator.gpu?.requestAdapter({ powerPreference: 'high-performance' }).catch(() => null);
  if (!adapter) return undefined;
  const { vendor, architecture, device, description, isFallbackAdapter } = adapter.info;
  const { maxBufferSize, maxStorageBufferBindingSize, maxStorageBuffersPerShaderStage } = adapter.limits;
  return {
    vendor,
    architecture,
    device,
    description,
    isFallbackAdapter,
    features: [...adapter.features].sort(),
    limits: { maxBufferSize, maxStorageBufferBindingSize, maxStorageBuffersPerShaderStage },
  };
}

/** Everything that was measured, every block's time among it, as a file's text. */
export async function benchFile({ rows, began }: BenchState): Promise<string> {
  const report = {
    format: 'tuning-fork-bench/1',
    began,
    userAgent: navigator.userAgent,
    cores: navigator.hardwareConcurrency,
    isolated: globalThis.crossOriginIsolated,
    adapter: await adapterFacts(),
    rows: rows.map(({ share: _, ...row }) => ({ ...row, sizes: SIZES[row.model][row.scale] })),
  };
  return `${JSON.stringify(report, null, 1)}\n`;
}
