/** Embeddings of tokens, positions and types in one dispatch, and gradients of only those rows that occur. */

import type { TensorInfo } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import type { TrainingBackend } from './backend.ts';
import { type KernelSource, reads, readsWeight, THREADS, writes } from './kernel.ts';
import { from, into, type Part, together } from './parts.ts';
import { operation } from './tape.ts';

export interface EmbedTables {
  /** [V, D] */
  tokens: tf.Tensor;
  /** [P, D]: position t of each example takes row `start` + t. */
  positions?: tf.Tensor | undefined;
  start?: number | undefined;
  /** [types, D], by `typeIds`, int32 of the ids' shape. */
  types?: tf.Tensor | undefined;
  typeIds?: tf.Tensor | undefined;
}

const UNIFORMS = ['R:i32', 'D:i32', 'T:i32', 'V:i32', 'P:i32', 'types:i32', 'start:i32'];

const forwardSource = (positioned: boolean, typed: boolean): KernelSource => ({
  buffers: [
    ...[reads('ids', 'i32'), readsWeight('tokens'), ...(positioned ? [readsWeight('positions')] : [])],
    ...[...(typed ? [readsWeight('types'), reads('typeIds', 'i32')] : []), writes('y')],
  ],
  uniforms: UNIFORMS,
  main: `if (gid >= u.R * u.D) { return; }
  let r = gid / u.D;
  let c = gid % u.D;
  y[gid] = tokensAt(ids[r] * u.D + c)${positioned ? ' + positionsAt((u.start + r % u.T) * u.D + c)' : ''}${typed ? ' + typesAt(typeIds[r] * u.D + c)' : ''};`,
});

/** Ids that a workgroup compares at once, a bit of two words each. */
const AT_ONCE = THREADS;

/**
 * Adds to each row of the table the rows of dy that it was looked up for, one workgroup for each of R: the first that has
 * an id does the work, in order, so that sums are the same bits in every run.
 */
const rowsSource = (): KernelSource => ({
  buffers: [reads('ids', 'i32'), reads('dy'), writes('table')],
  uniforms: ['R:i32', 'D:i32'],
  declarations: `var<workgroup> same : array<atomic<u32>, ${AT_ONCE / 32}>;`,
  main: `if (group >= u.R) { return; }
  let id = ids[group];
  var first = true;
  for (var base = 0; base < u.R; base += ${AT_ONCE}) {
    if (lid < ${AT_ONCE / 32}) { atomicStore(&same[lid], 0u); }
    workgroupBarrier();
    let i = base + i32(lid);
    if (i < u.R && ids[i] == id) { atomicOr(&same[lid / 32], 1u << (lid % 32)); }
    workgroupBarrier();
    for (var word = 0; word < ${AT_ONCE / 32}; word++) {
      var bits = atomicLoad(&same[word]);
      while (bits != 0u) {
        let r = base + word * 32 + i32(firstTrailingBit(bits));
        bits &= bits - 1u;
        if (r < group) { first = false; }
        if (first) { for (var c = i32(lid); c < u.D; c += ${THREADS}) { table[id * u.D + c] += dy[r * u.D + c]; } }
      }
    }
    workgroupBarrier();
  }`,
});

function addRows(backend: TrainingBackend, ids: TensorInfo, dy: TensorInfo, table: TensorInfo): void {
  const [R, D] = [tf.util.sizeFromShape(ids.shape), table.shape[1]!];
  backend.dispatch('embed.rows', rowsSource, [ids, dy, table], [R, D], R);
}

/** Entries that a workgroup fills. */
const FILLED = 16 * THREADS;
const fill = (table: TensorInfo): Part => ({
  key: 'fill',
  buffers: [into('dtokens', table)],
  functions: () => ({}),
  run: (tile) => `let end = min(u.V * u.D, (${tile} + 1) * ${FILLED});
    for (var i = ${tile} * ${FILLED} + i32(lid); i < end; i += ${THREADS}) { dtokens[i] = 0.0; }`,
  groups: Math.ceil(tf.util.sizeFromShape(table.shape) / FILLED),
  groupsOf: `(u.V * u.D + ${FILLED - 1}) / ${FILLED}`,
});

/** Of each position the sum over the examples; none of those that no token has. */
const positionGradient = (dy: TensorInfo, positions: TensorInfo): Part => ({
  key: 'positions',
  buffers: [from('dy', dy), into('dpositions', positions)],
  functions: () => ({}),
  run: (tile) => `let i = ${tile} * ${THREADS} + i32(lid);
    if (i < u.P * u.D) {
      let t = i / u.D - u.start;
      var sum = 0.0;
      if (t >= 0 && t < u.T) { for (var r = t; r < u.R; r += u.T) { sum += dy[r * u.D + i % u.D]; } }
      dpositions[i] = sum;
    }`,
  groups: Math.ceil(tf.util.sizeFromShape(positions.shape) / THREADS),
  groupsOf: `(u.P * u.D + ${THREADS - 1}) / ${THREADS}`,
});

/** Columns that a workgroup sums over all rows; its other threads share the rows. */
const COLUMNS = 16;
const typeGradient = (dy: TensorInfo, typeIds: TensorInfo, types: TensorInfo): Part => ({
  key: 'types',
  buffers: [from('dy', dy), { ...from('typeIds', typeIds), type: 'i32' }, into('dtypes', types)],
  functions: () => ({
    typeGradient: `var<workgroup> sums : array<f32, ${THREADS}>;
fn typeGradient(tile : i32, lid : i32) {
  let c = tile * ${COLUMNS} + lid % ${COLUMNS};
  for (var id = 0; id < u.types; id++) {
    var own = 0.0;
    if (c < u.D) {
      for (var r = lid / ${COLUMNS}; r < u.R; r += ${THREADS / COLUMNS}) {
        if (typeIds[r] == id) { own += dy[r * u.D + c]; }
      }
    }
    sums[lid] = own;
    workgroupBarrier();
    if (lid < ${COLUMNS} && c < u.D) {
      var sum = 0.0;
      for (var i = lid; i < ${THREADS}; i += ${COLUMNS}) { sum += sums[i]; }
      dtypes[id * u.D + c] = sum;
    }
    workgroupBarrier();
  }
}`,
  }),
  run: (tile) => `typeGradient(${tile}, i32(lid));`,
  groups: Math.ceil(types.shape[1]! / COLUMNS),
  groupsOf: `(u.D + ${COLUMNS - 1}) / ${COLUMNS}`,
});

/** Gradients of a table that are not summed yet: nothing of the table's size is made for them. */
interface Pending {
  ids: TensorInfo;
  dy: TensorInfo;
}
const pending = new WeakMap<object, Pending>();
const forked = new WeakSet<tf.Tensor>();

/**
 * A table that is looked up in and also multiplied with, as a tied head's is: one for each use. Their gradients meet here:
 * the rows of the first are added in place to those of the second.
 */
export function forkTable(table: tf.Tensor): [embedding: tf.Tensor, head: tf.Tensor] {
  const [embedding, head] = operation({
    name: 'fork',
    inputs: { table },
    forward: (backend) => ({ outputs: [backend.alias(table), backend.alias(table)] }),
    backward(backend, [rows, dense]) {
      const waiting = rows && pending.get(rows.dataId);
      if (!waiting) return { table: backend.alias(rows && dense ? tf.add(rows, dense) : (rows ?? dense)!) };
      const sum = dense ? backend.alias(dense) : zeros(backend, table);
      addRows(backend, waiting.ids, waiting.dy, sum);
      for (const { dataId } of [waiting.ids, waiting.dy]) backend.disposeData(dataId);
      return { table: sum };
    },
  });
  forked.add(embedding!);
  return [embedding!, head!];
}

function zeros(backend: TrainingBackend, table: TensorInfo): TensorInfo {
  const gradient = backend.makeGradient(table);
  run(backend, [fill(gradient)], [0, table.shape[1]!, 0, table.shape[0]!, 0, 0, 0]);
  return gradient;
}

function run(backend: TrainingBackend, parts: readonly Part[], values: readonly number[]): void {
  together(backend, 'embed.backward', parts, { uniforms: UNIFORMS, values, threads: THREADS, declarations: () => '' });
}

/** tokens[ids] + positions[start + t] + types[typeIds]: ids int32 [B, T] -> [B, T, D] */
export function embed(ids: tf.Tensor, { tokens, positions, types, typeIds, start = 0 }: EmbedTables): tf.Tensor {
  const [V, D] = tokens.shape as [number, number];
  const T = ids.shape.at(-1)!;
  const values = [ids.size, D, T, V, positions?.shape[0] ?? 0, types?.shape[0] ?? 0, start];
  const sparse = forked.has(tokens);
  const [y] = operation({
    name: 'embed',
    inputs: { tokens, positions, types },
    forward(backend) {
      const result = backend.make([...ids.shape, D]);
      const tables = [tokens, positions, types, types && typeIds].filter((table) => table !== undefined);
      const source = () => forwardSource(positions !== undefined, types !== undefined);
      const key = `embed.forward/${positions !== undefined}/${types !== undefined}`;
      backend.dispatch(key, source, [ids, ...tables, result], values, Math.ceil((ids.size * D) / THREADS));
      return { outputs: [result], saved: [ids, ...(typeIds ? [typeIds] : [])] };
    },
    backward(backend, [dy], [kept, keptTypes], wanted) {
      const gradient = (table: tf.Tensor | undefined, isWanted: boolean) =>
        table && isWanted ? backend.makeGradient(table) : undefined;
      const found = {
        tokens: gradient(tokens, wanted.tokens && !sparse),
        positions: gradient(positions, wanted.positions),
        types: gradient(types, wanted.types),
      };
      run(
        backend,
        [
          ...(found.tokens ? [fill(found.tokens)] : []),
          ...(found.positions ? [positionGradient(dy!, found.positions)] : []),
          ...(found.types ? [typeGradient(dy!, keptTypes!, found.types)] : []),
        ],
        values,
      );
      if (found.tokens) addRows(backend, kept!, dy!, found.tokens);
      if (!wanted.tokens || !sparse) return found;
      const later = backend.makeTensorInfo([V, D], 'float32');
      pending.set(later.dataId, { ids: backend.alias(kept!), dy: backend.alias(dy!) });
      return { ...found, tokens: later };
    },
  });
  return y!;
}
