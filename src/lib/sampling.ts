import type { Sampling } from '../protocol/text.ts';
import { seedOf, uniform } from './random.ts';

type How = Pick<Sampling, 'temperature' | 'topK' | 'topP' | 'seed'>;

/** The greatest logit's place; of equal ones the first. */
export function likeliest(logits: Float32Array): number {
  let best = 0;
  for (let i = 1; i < logits.length; i++) if (logits[i]! > logits[best]!) best = i;
  return best;
}

/**
 * What may be drawn, the likeliest first, with its probability: softmax(logits / temperature) of the `topK` greatest, and
 * of those the fewest that have `topP` of it together (Holtzman et al. 2020), as `transformers` filters in this order.
 */
export function candidates(logits: Float32Array, o: How): { token: number; probability: number }[] {
  const top = logits[likeliest(logits)]!;
  const powers = Float64Array.from(logits, (logit) => Math.exp((logit - top) / o.temperature));
  const all = powers.reduce((a, b) => a + b, 0);
  // What is below this cannot be among them: all such tokens together have less than 1 - topP. It saves the sorting.
  const floor = o.topK > 0 ? 0 : ((1 - o.topP) * all) / powers.length;
  const places: number[] = [];
  for (let i = 0; i < powers.length; i++) if (powers[i]! >= floor) places.push(i);
  if (o.topK > 0 || o.topP < 1) places.sort((a, b) => logits[b]! - logits[a]! || a - b);
  const kept = o.topK > 0 ? places.slice(0, o.topK) : places;
  const mass = o.topK > 0 ? kept.reduce((sum, place) => sum + powers[place]!, 0) : all;
  if (o.topP < 1) {
    let sum = 0;
    let count = 0;
    while (count < kept.length && sum < o.topP * mass) sum += powers[kept[count++]!]!;
    kept.length = Math.max(1, count);
  }
  const total = kept.reduce((sum, place) => sum + powers[place]!, 0);
  return kept.map((token) => ({ token, probability: powers[token]! / total }));
}

/** The token at `step` of a text: the likeliest at temperature 0, else drawn from (seed, step). */
export function drawToken(logits: Float32Array, o: How, step: number): number {
  if (!(o.temperature > 0)) return likeliest(logits);
  let left = uniform(seedOf(o.seed, step, 'token'))();
  const drawn = candidates(logits, o);
  for (const { token, probability } of drawn) {
    left -= probability;
    if (left < 0) return token;
  }
  return drawn.at(-1)!.token;
}
