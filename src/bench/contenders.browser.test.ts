import { describe, expect, it } from 'vitest';
import { startContender } from '../client/bench.ts';
import { EQUAL_STEPS, EQUAL_WITHIN, match } from '../lib/match.ts';
import { BENCH_MODELS, type BenchBackend, type BenchModel, type SiteContender } from '../protocol/bench.ts';

/** The losses of the first steps, or what went wrong. */
async function losses(contender: SiteContender, backend: BenchBackend, model: BenchModel, steps: number) {
  const { ask, close } = startContender();
  const started = await ask({ kind: 'start', setup: { contender, backend, model, scale: 'small' } });
  const seen = started.kind === 'started' ? await ask({ kind: 'losses', steps }) : started;
  close();
  if (seen.kind !== 'losses' || started.kind !== 'started') throw new Error(JSON.stringify(seen));
  return { about: started.about, losses: seen.losses };
}

describe('the contenders', () => {
  it.each(BENCH_MODELS)('train the same %s', async (model) => {
    const [ours, stock] = [await losses('ours', 'wasm', model, 3), await losses('stock-loop', 'cpu', model, 3)];
    expect(ours.about.parameters).toBe(stock.about.parameters);
    for (const [i, loss] of ours.losses.entries()) expect(Math.abs(loss - stock.losses[i]!)).toBeLessThan(1e-4);
    // the second batch is another one, and the weights have moved
    expect(new Set(ours.losses).size).toBe(3);
  });

  it.each(['mlp', 'digits-cnn'] as const)('train the same %s by model.fit', async (model) => {
    const [ours, fit] = [await losses('ours', 'wasm', model, 4), await losses('stock-fit', 'cpu', model, 4)];
    expect(ours.about.parameters).toBe(fit.about.parameters);
    for (const [i, loss] of ours.losses.entries()) expect(Math.abs(loss - fit.losses[i]!)).toBeLessThan(1e-4);
  });
});

it('a match is of equal losses, then of blocks', async () => {
  const [a, b] = [startContender(), startContender()];
  const setup = { backend: 'wasm', model: 'mlp', scale: 'small' } as const;
  const shares: number[] = [];
  const result = await match(
    [
      { ask: a.ask, setup: { ...setup, contender: 'ours' } },
      { ask: b.ask, setup: { ...setup, contender: 'stock-loop' } },
    ],
    { blocks: 6, blockMs: 10, onProgress: (share) => shares.push(share) },
  );
  for (const { close } of [a, b]) close();
  expect(result.difference).toBeLessThanOrEqual(EQUAL_WITHIN);
  expect([result.ours.losses.length, result.peer.losses.length]).toEqual([EQUAL_STEPS, EQUAL_STEPS]);
  expect([result.ratios.length, result.ours.ms.length, result.peer.ms.length]).toEqual([6, 12, 12]);
  expect(result.ratio.low).toBeLessThanOrEqual(result.ratio.median);
  expect(result.ratio.high).toBe(Math.max(...result.ratios));
  expect(shares.at(-1)).toBe(1);
});
