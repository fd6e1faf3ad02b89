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

/** log of a Gamma(shape, 1) number: the method of Marsaglia and Tsang (2000) at shape + 1, and U^(1/shape) for the rest. */
function logGamma(shape: number, next: () => number, gauss: () => number): number {
  const d = shape + 2 / 3;
  for (;;) {
    const z = gauss();
    const v = (1 + z / Math.sqrt(9 * d)) ** 3;
    if (v > 0 && Math.log(1 - next()) < 0.5 * z * z + d - d * v + d * Math.log(v))
      return Math.log(d * v) + Math.log(1 - next()) / shape;
  }
}

/** A number of Beta(alpha, alpha), by logarithms: a small alpha gives almost 0 or almost 1, and never 0 / 0. */
export function symmetricBeta(alpha: number, seed: number): number {
  const next = uniform(seed);
  const gauss = normal(seedOf(seed, 0, 'gauss'));
  return 1 / (1 + Math.exp(logGamma(alpha, next, gauss) - logGamma(alpha, next, gauss)));
}
