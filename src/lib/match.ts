/** Two contenders against each other: equal losses first, then blocks in the order A B B A, so that drift strikes both alike. */

import type { Ask, BenchAbout, BenchRequest, BenchResponse, BenchSetup } from '../protocol/bench.ts';
import { type Interval, medianInterval } from './statistics.ts';

export interface MatchOptions {
  /** Of A B B A; six are the fewest whose median has an interval. */
  blocks: number;
  /** Milliseconds that the slower one's block should last at least. */
  blockMs: number;
  /** Asked between any two requests. */
  stopped?: () => boolean;
  onProgress?: (share: number) => void;
}

/** One side of a match. */
export interface Side {
  about: BenchAbout;
  /** Milliseconds a step, of each block. */
  ms: readonly number[];
  dispatches: number;
  losses: readonly number[];
}

export interface MatchResult {
  ours: Side;
  peer: Side;
  /** Greatest difference between the losses. */
  difference: number;
  stepsPerBlock: number;
  /** What the peer takes over what we take, of each A B B A. */
  ratios: readonly number[];
  ratio: Interval & { median: number };
}

/** Steps whose losses must agree, and how nearly. */
export const EQUAL_STEPS = 20;
export const EQUAL_WITHIN = 1e-3;
const NONE = { median: Number.NaN, low: Number.NaN, high: Number.NaN };
/** An epoch of `fit` is one turn of the four batches: its blocks are of whole turns. */
const turnOf = (contender: string): number => (contender === 'stock-fit' ? 4 : 1);
const MOST_STEPS = 400;

/** Thrown by `match` when it was stopped. */
export class Stopped extends Error {}

async function asked<K extends BenchResponse['kind']>(
  ask: Ask,
  request: BenchRequest<string>,
  kind: K,
): Promise<Extract<BenchResponse, { kind: K }>> {
  const response = await ask(request);
  if (response.kind === 'failed') throw new Error(response.message);
  if (response.kind !== kind) throw new Error(`asked for ${kind}, got ${response.kind}`);
  return response as Extract<BenchResponse, { kind: K }>;
}

/** A loss that is no number is no agreement. */
const greatestGap = (a: readonly number[], b: readonly number[]): number =>
  Math.max(...a.map((loss, i) => Math.abs(loss - b[i]!)));

const median = (values: readonly number[]): number => medianInterval(values).median;

/** Runs a match to its end. Without equal losses nothing is timed: `ratios` is then empty. Throws `Stopped`. */
export async function match(
  sides: readonly [{ ask: Ask; setup: BenchSetup<string> }, { ask: Ask; setup: BenchSetup<string> }],
  o: MatchOptions,
): Promise<MatchResult> {
  const parts = 3 + 4 * o.blocks;
  let done = 0;
  const advance = () => {
    if (o.stopped?.()) throw new Stopped();
    o.onProgress?.(++done / parts);
  };
  const made: Side[] = [];
  for (const { ask, setup } of sides) {
    const { about } = await asked(ask, { kind: 'start', setup }, 'started');
    advance();
    const { losses } = await asked(ask, { kind: 'losses', steps: EQUAL_STEPS }, 'losses');
    made.push({ about, losses, ms: [], dispatches: 0 });
  }
  const [ours, peer] = made as [Side, Side];
  const difference = greatestGap(ours.losses, peer.losses);
  const nothing = { ours, peer, difference, stepsPerBlock: 0, ratios: [], ratio: NONE };
  advance();
  if (!peer.about.differs && !(difference <= EQUAL_WITHIN)) return nothing;

  const block = async (side: 0 | 1, steps: number) => {
    const { ms, dispatches } = await asked(sides[side].ask, { kind: 'block', steps }, 'block');
    return { ms: ms / steps, dispatches };
  };
  const turn = turnOf(sides[1].setup.contender);
  const probes = [await block(0, turn), await block(1, turn)] as const;
  const slowest = Math.max(...probes.map(({ ms }) => ms));
  const steps = Math.min(MOST_STEPS, turn * Math.max(1, Math.ceil(o.blockMs / (turn * slowest))));
  const times: [number[], number[]] = [[], []];
  const ratios: number[] = [];
  for (let i = 0; i < o.blocks; i++) {
    const of: [number[], number[]] = [[], []];
    for (const side of [0, 1, 1, 0] as const) {
      const { ms } = await block(side, steps);
      of[side].push(ms);
      advance();
    }
    for (const side of [0, 1] as const) times[side].push(...of[side]);
    ratios.push((of[1][0]! + of[1][1]!) / (of[0][0]! + of[0][1]!));
  }
  return {
    ours: { ...ours, ms: times[0], dispatches: probes[0].dispatches },
    peer: { ...peer, ms: times[1], dispatches: probes[1].dispatches },
    difference,
    stepsPerBlock: steps,
    ratios,
    ratio: medianInterval(ratios),
  };
}

/** Milliseconds a step, the median over the blocks. */
export const stepMs = ({ ms }: Side): number => median(ms);
