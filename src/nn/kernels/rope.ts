/** Rotary positions (Su et al. 2021, equation 34): each pair of a head's entries is turned by an angle of its position. */
import type { TensorInfo } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import type { TrainingBackend } from './backend.ts';
import { type KernelSource, reads, THREADS, writes } from './kernel.ts';
import { operation } from './tape.ts';

export interface RopeOptions {
  /** Of a head. */
  width: number;
  /** Heads from the row's first entry on that are turned, queries' and keys'; what follows them, the values, is as it was. */
  heads: number;
  /** Position of the first token. */
  start?: number | undefined;
  /**
   * Which entries are a pair: i and i + half of them, as `transformers`' Llama has it (`rotate_half`), or 2i and 2i + 1, as
   * in the paper.
   */
  pairs?: 'halves' | 'neighbours' | undefined;
}

/**
 * Cosine and sine of each position's angle with each pair, [positions, pairs, 2]: t base^(-i / pairs). Made once, in double
 * precision: WGSL's own are good to 2^-11, and to nothing far from zero. Fewer pairs than half a head's entries turn only
 * its first ones.
 */
export function ropeTable(positions: number, pairs: number, base = 10_000): tf.Tensor3D {
  const values = Float32Array.from({ length: positions * pairs * 2 }, (_, i) => {
    const angle = Math.floor(i / (2 * pairs)) * base ** -((Math.floor(i / 2) % pairs) / pairs);
    return i % 2 === 0 ? Math.cos(angle) : Math.sin(angle);
  });
  return tf.tensor3d(values, [positions, pairs, 2]);
}

const source = (pairs: 'halves' | 'neighbours') => (): KernelSource => {
  const [pair, second, partner] =
    pairs === 'halves'
      ? ['c % u.pairs', 'c >= u.pairs', 'select(i + u.pairs, i - u.pairs, second)']
      : ['c / 2', 'c % 2 == 1', 'select(i + 1, i - 1, second)'];
  return {
    buffers: [reads('x'), reads('turns'), writes('y')],
    uniforms: ['size:i32', 'row:i32', 'T:i32', 'start:i32', 'width:i32', 'turned:i32', 'pairs:i32', 'sign:f32'],
    main: `let i = gid;
  if (i >= u.size) { return; }
  let column = i % u.row;
  let c = column % u.width;
  if (column >= u.turned || c >= 2 * u.pairs) { y[i] = x[i]; return; }
  let second = ${second};
  let at = 2 * ((u.start + i / u.row % u.T) * u.pairs + ${pair});
  let sine = u.sign * turns[at + 1];
  y[i] = x[i] * turns[at] + select(-sine, sine, second) * x[${partner}];`,
  };
};

function turned(
  backend: TrainingBackend,
  x: tf.Tensor,
  table: tf.Tensor,
  { width, heads, start = 0, pairs = 'halves' }: RopeOptions,
  sign: 1 | -1,
): TensorInfo {
  const [T, row] = x.shape.slice(-2) as [number, number];
  if (start + T > table.shape[0]!) throw new Error(`position ${start + T - 1} is beyond the table's ${table.shape[0]}`);
  const y = backend.make(x.shape);
  const uniforms = [x.size, row, T, start, width, heads * width, table.shape[1]!, sign];
  backend.dispatch(`rope/${pairs}`, source(pairs), [x, table, y], uniforms, Math.ceil(x.size / THREADS));
  return y;
}

/** x [B, T, row] with its first heads turned, by a table of `ropeTable`; one dispatch, and one back, which turns them back. */
export function rope(x: tf.Tensor, table: tf.Tensor, options: RopeOptions): tf.Tensor {
  const [y] = operation({
    name: 'rope',
    inputs: { x },
    forward: (backend) => ({ outputs: [turned(backend, x, table, options, 1)], saved: [table] }),
    backward: (backend, [dy], [kept]) => ({ x: turned(backend, dy!, kept!, options, -1) }),
  });
  return y!;
}
