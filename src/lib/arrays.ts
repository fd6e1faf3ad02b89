type Numbers = Int8Array | Uint8Array | Int32Array | Uint16Array | Uint32Array | Float32Array;

/** Two arrays of numbers one behind the other, of the first one's type. */
export function joined<A extends Numbers>(before: A, more: ArrayLike<number>): A {
  const all = new (before.constructor as new (length: number) => A)(before.length + more.length);
  all.set(before);
  all.set(more, before.length);
  return all;
}

export const sum = (values: Iterable<number>): number => {
  let total = 0;
  for (const value of values) total += value;
  return total;
};
