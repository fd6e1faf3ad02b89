/** Random bits without state, the same in WGSL and in TypeScript: a kernel needs no upload for a mask of millions. */

const [FACTOR, ADDEND] = [1664525, 1013904223];

/**
 * 32 bits of (seed, index): the first output of `pcg3d` at (index, seed, 0) (Jarzynski and Olano 2020, Hash functions for
 * GPU rendering, listing of section 4.2).
 */
export function randomBits(index: number, seed: number): number {
  let x = (Math.imul(index, FACTOR) + ADDEND) | 0;
  let y = (Math.imul(seed, FACTOR) + ADDEND) | 0;
  let z = ADDEND;
  x = (x + Math.imul(y, z)) | 0;
  y = (y + Math.imul(z, x)) | 0;
  z = (z + Math.imul(x, y)) | 0;
  x ^= x >>> 16;
  y ^= y >>> 16;
  z ^= z >>> 16;
  return (x + Math.imul(y, z)) >>> 0;
}

/** `randomBits(index, seed)`, both u32. */
export const RANDOM_BITS = `
fn randomBits(index : u32, seed : u32) -> u32 {
  var v = vec3u(index, seed, 0u) * ${FACTOR}u + ${ADDEND}u;
  v.x += v.y * v.z;
  v.y += v.z * v.x;
  v.z += v.x * v.y;
  v ^= v >> vec3u(16u);
  return v.x + v.y * v.z;
}
`;

/** Bits below this say that an entry is dropped: integers are compared, so that no backend rounds otherwise. */
export const dropBelow = (rate: number): number => Math.floor(rate * 2 ** 32);

/** 0 or 1 / (1 - rate) for each of `count`: inverted dropout (Srivastava et al. 2014). */
export function dropoutMask(count: number, rate: number, seed: number): Float32Array {
  const [limit, scale] = [dropBelow(rate), 1 / (1 - rate)];
  return Float32Array.from({ length: count }, (_, i) => (randomBits(i, seed) < limit ? 0 : scale));
}
