/**
 * Randomness without state: every number is a function of (seed, step, name), never of call order, so a run repeats,
 * a recomputed stage draws the same mask, and a checkpoint's random state is two integers.
 */

/** FNV-1a over UTF-16 units, 32 bits. */
export function hash(text: string, start = 0x811c9dc5): number {
  let h = start;
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193);
  return h >>> 0;
}

/** The seed of one use of chance: `seedOf(42, 7, 'dropout.classifier')`. */
export const seedOf = (seed: number, step: number, name: string): number => hash(`${seed}/${step}/${name}`);

/** Uniform numbers in [0, 1), 32 bits each: mulberry32 (T. Ettinger, public domain). */
export function uniform(seed: number): () => number {
  let a = seed >>> 0;
  return () => {
    a = (a + 0x6d2b79f5) >>> 0;
    let t = Math.imul(a ^ (a >>> 15), a | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

/** Standard normal numbers (Box and Muller 1958). */
export function normal(seed: number): () => number {
  const next = uniform(seed);
  return () => Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next());
}

/** 0..count-1 in an order drawn from the seed (Fisher and Yates 1938). */
export function shuffled(count: number, seed: number): Uint32Array {
  const order = Uint32Array.from({ length: count }, (_, i) => i);
  const next = uniform(seed);
  for (let i = count - 1; i > 0; i--) {
    const j = Math.floor(next() * (i + 1));
    [order[i], order[j]] = [order[j]!, order[i]!];
  }
  return order;
}
