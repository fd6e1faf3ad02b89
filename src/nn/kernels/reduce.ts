/** Sums over a workgroup, in an order that is always the same on a device. */
import { type KernelSource, THREADS } from './kernel.ts';
import { type RowWay, wayOf } from './way.ts';

type Summed = 'f32' | 'vec4f';

/**
 * A function `name(value, lid)` that gives every thread the sum of all threads' values; to be called where all of them
 * come by. Its kernel takes `summing` with it.
 */
export const workgroupSum = (
  name: string,
  type: Summed = 'f32',
  threads = THREADS,
  way: RowWay = wayOf('rows'),
): string => (way === 'subgroups' ? bySubgroups(name, type, threads) : inMemory(name, type, threads));

/** What a kernel with a `workgroupSum` asks of the device. */
export const summing = (way: RowWay = wayOf('rows')): Pick<KernelSource, 'features'> =>
  way === 'subgroups' ? { features: ['subgroups'] } : {};

/** Halves are added until one is left. */
const inMemory = (name: string, type: Summed, threads: number): string => `
var<workgroup> ${name}Parts : array<${type}, ${threads}>;
fn ${name}(value : ${type}, lid : u32) -> ${type} {
  workgroupBarrier();
  ${name}Parts[lid] = value;
  for (var half = ${threads / 2}u; half > 0u; half /= 2u) {
    workgroupBarrier();
    if (lid < half) { ${name}Parts[lid] += ${name}Parts[lid + half]; }
  }
  workgroupBarrier();
  return ${name}Parts[0];
}
`;

/** A subgroup adds up without memory; then its sums are added, one after the other. The smallest has four threads. */
const bySubgroups = (name: string, type: Summed, threads: number): string => `
var<workgroup> ${name}Parts : array<${type}, ${Math.ceil(threads / 4)}>;
fn ${name}(value : ${type}, lid : u32) -> ${type} {
  let own = subgroupAdd(value);
  workgroupBarrier();
  if (subgroupElect()) { ${name}Parts[subgroup] = own; }
  workgroupBarrier();
  var sum = ${name}Parts[0];
  for (var i = 1u; i < subgroups; i++) { sum += ${name}Parts[i]; }
  return sum;
}
`;
