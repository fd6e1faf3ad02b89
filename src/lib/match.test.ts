import { describe, expect, it } from 'vitest';
import type { Ask, BenchResponse } from '../protocol/bench.ts';
import { match, Stopped } from './match.ts';

const ABOUT = { adapter: 'a', version: 'v', parameters: 1, flops: 1 };

/** A contender that takes `ms` for a step and loses `loss`; `asked` gathers in which order it was asked. */
function contender(name: string, ms: number, loss: number, asked: string[], differs?: string): Ask {
  return async (request): Promise<BenchResponse> => {
    if (request.kind === 'start') return { kind: 'started', about: { ...ABOUT, ...(differs ? { differs } : {}) } };
    if (request.kind === 'losses')
      return { kind: 'losses', losses: [1, loss, ...new Array(request.steps - 2).fill(1)] };
    asked.push(name);
    return { kind: 'block', ms: ms * request.steps, dispatches: 7 };
  };
}
const setup = (contender: string) => ({ contender, backend: 'cpu', model: 'mlp', scale: 'small' }) as const;
const sides = (a: Ask, b: Ask, peer = 'stock-loop') =>
  [
    { ask: a, setup: setup('ours') },
    { ask: b, setup: setup(peer) },
  ] as const;

describe('match', () => {
  it('takes blocks in the order A B B A, of so many steps that the slower one has its time', async () => {
    const asked: string[] = [];
    const both = sides(contender('a', 2, 1, asked), contender('b', 10, 1.0005, asked));
    const result = await match(both, { blocks: 2, blockMs: 95 });
    expect(asked.join('')).toBe('ababbaabba');
    expect(result.stepsPerBlock).toBe(10);
    expect(result.ratios).toEqual([5, 5]);
    expect(result.ours.dispatches).toBe(7);
  });

  it('gives model.fit whole turns of the batches', async () => {
    const both = sides(contender('a', 2, 1, []), contender('b', 10, 1, []), 'stock-fit');
    expect((await match(both, { blocks: 1, blockMs: 95 })).stepsPerBlock).toBe(12);
  });

  it.each([1.002, Number.NaN])('times nothing where a loss is %d in place of 1', async (loss) => {
    const asked: string[] = [];
    const result = await match(sides(contender('a', 1, 1, asked), contender('b', 1, loss, asked)), {
      blocks: 2,
      blockMs: 1,
    });
    expect(result.difference).not.toBeLessThanOrEqual(1e-3);
    expect([asked, result.ratios]).toEqual([[], []]);
  });

  it('times a network that says in what it differs', async () => {
    const both = sides(contender('a', 1, 1, []), contender('b', 3, 9, [], 'no biases'));
    expect((await match(both, { blocks: 1, blockMs: 1 })).ratios).toEqual([3]);
  });

  it('stops between two requests', async () => {
    const asked: string[] = [];
    const both = sides(contender('a', 1, 1, asked), contender('b', 1, 1, asked));
    await expect(match(both, { blocks: 6, blockMs: 1, stopped: () => asked.length > 4 })).rejects.toThrow(Stopped);
    expect(asked.length).toBe(5);
  });
});
