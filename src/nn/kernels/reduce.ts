/** Sums over a workgroup, in an order that is always the same. */
import { THREADS } from './kernel.ts';

/**
 * A function `name(value, lid)` that gives every thread the sum of all threads' values; to be called where all of them
 * come by.
 */
export const workgroupSum = (name: string, type: 'f32' | 'vec4f' = 'f32', threads = THREADS): string => `
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
