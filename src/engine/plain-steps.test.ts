import { expect, it } from 'vitest';
import { plainMean, type Stretch } from './plain-steps.ts';

/** Steps that are through after so many milliseconds each. */
function stretch(from: number, ...each: number[]): Stretch {
  let until = from;
  return {
    from,
    steps: each.map((ms) => {
      until += ms;
      return { batchMs: ms / 10, javascriptMs: ms / 2, until };
    }),
  };
}

it('a step takes what the quicker half of the steps took, of those that came in one burst their mean', () => {
  expect(plainMean([stretch(0, 4, 0, 8, 0, 8)])).toEqual({ stepMs: 4, batchMs: 0.4, javascriptMs: 2 });
  const [quick, slow] = [Array(5).fill(2), Array(5).fill(50)];
  expect(plainMean([stretch(100, ...quick, ...slow)]).stepMs).toBe(2);
  // what passes between two stretches is none of theirs
  expect(plainMean([stretch(0, 4), stretch(1000, 4, 4)]).stepMs).toBe(4);
});
