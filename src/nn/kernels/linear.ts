/** Linear layers with all that surrounds their product, in a dispatch forward and one or two back. */

import type * as tf from '@tensorflow/tfjs-core';
import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { Activation } from '../core.ts';
import { activationText, needsInput } from './activations.ts';
import type { TrainingBackend } from './backend.ts';
import {
  biasGradient,
  inputGradient,
  type Layer,
  product,
  type Result,
  type Several,
  UNIFORMS,
  type Upstream,
  uniformValues,
  weightGradient,
} from './linear-parts.ts';
import {
  addInputGradient,
  down,
  downGradient,
  innerGradient,
  isWithin,
  up,
  upGradient,
  within,
} from './low-rank-parts.ts';
import { inTurn, type Part, together } from './parts.ts';
import { dropBelow } from './random.ts';
import { type Forward, operation } from './tape.ts';
import { LARGE, SMALL, type TileSize, tileFor, tileMemory } from './tile.ts';
import { placeUniform } from './uniforms.ts';

export interface LowRank {
  /** [K, rank] */
  a: tf.Tensor;
  /** [rank, N] */
  b: tf.Tensor;
  scale: number;
}
export interface LinearOptions {
  /** One to three, each [K, N] or all [N, K] where `transposed`, side by side in the result. */
  weights: readonly tf.Tensor[];
  /** As many as weights, or none; [N] each. */
  biases?: readonly tf.Tensor[] | undefined;
  activation?: Activation | undefined;
  transposed?: boolean | undefined;
  /** Added to the result, which then has no activation. */
  residual?: tf.Tensor | undefined;
  /** Beside each weight, or undefined beside one that has none. */
  lowRank?: readonly (LowRank | undefined)[] | undefined;
  /** Of x on its way into the low-rank pairs; `name` says where in the network, which has uniforms of its own. */
  dropout?: { name: string; rate: number; seed: number } | undefined;
}

const many = (name: string, tensors: readonly (tf.Tensor | undefined)[]) =>
  Object.fromEntries(tensors.flatMap((tensor, i) => (tensor ? [[`${name}${i}`, tensor]] : [])));
const ends = (widths: readonly number[]): number[] =>
  widths.map((_, i) => widths.slice(0, i + 1).reduce((a, b) => a + b));

function sidesOf(
  x: tf.Tensor,
  { weights, transposed = false, lowRank = [], dropout }: LinearOptions,
): Omit<Layer, 'size'> {
  const K = x.shape.at(-1)!;
  const widths = weights.map(({ shape }) => shape[transposed ? 0 : 1]!);
  const ranks = ends(weights.map((_, i) => lowRank[i]?.a.shape[1] ?? 0));
  return {
    R: x.size / K,
    K,
    N: ends(widths).at(-1)!,
    rank: ranks.at(-1)!,
    ends: ends(widths),
    ranks,
    scales: weights.map((_, i) => lowRank[i]?.scale ?? 0),
    transposed,
    dropped: dropout !== undefined,
  };
}

/** Large tiles where one of these results asks for them: the others are small beside it. */
const sizeOf = (...results: readonly (readonly [rows: number, columns: number] | undefined)[]): TileSize =>
  results.some((result) => result && tileFor(...result) === LARGE) ? LARGE : SMALL;

type Wanted = Readonly<Record<string, boolean>>;
const some = (tensors: Several): boolean => tensors.some((tensor) => tensor);

/** Dispatches parts of one layer; all that their text depends on beside their own keys is here. */
function run(
  backend: TrainingBackend,
  stage: string,
  { activation, dropout }: LinearOptions,
  layer: Layer,
  parts: readonly Part[],
): void {
  const { size } = layer;
  const chance = dropout ? [dropBelow(dropout.rate), 1 / (1 - dropout.rate), dropout.seed] : [];
  const values = [...uniformValues(layer), ...chance];
  const key = `linear.${stage}/${activation ?? 'none'}/${layer.transposed ? 't' : ''}${size.side}`;
  together(backend, key, parts, {
    uniforms: UNIFORMS,
    values: dropout ? placeUniform(backend, 'linear', dropout.name, UNIFORMS, values) : values,
    threads: size.threads,
    declarations: () => tileMemory(size) + activationText(activation),
  });
}

/**
 * y = act(x W + b + scale (x' A) B) + residual, of weights side by side: x [..., K] -> [..., N], N the sum of their widths.
 * Each term only where it is given; what nothing leads back to has no gradient computed.
 */
export function linear(x: tf.Tensor, options: LinearOptions): tf.Tensor {
  const { weights, biases = [], activation, residual, lowRank = [] } = options;
  if (activation && residual) throw new Error('a residual is added to a sum, not to an activation');
  const sides = sidesOf(x, options);
  const as = weights.map((_, i) => lowRank[i]?.a);
  const bs = weights.map((_, i) => lowRank[i]?.b);
  const parameters: Record<string, tf.Tensor> = {
    ...many('w', weights),
    ...many('bias', biases),
    ...many('a', as),
    ...many('b', bs),
  };
  const wants = (wanted: Wanted, name: string) => weights.some((_, i) => wanted[`${name}${i}`]);
  let names: string[] = [];

  /** What the gradients that are wanted will read. */
  function toKeep(
    wanted: Wanted,
    acted: TensorInfo,
    h: TensorInfo | undefined,
  ): Record<string, tf.Tensor | TensorInfo> {
    const inner = wanted.x || wants(wanted, 'a');
    return {
      ...(wants(wanted, 'w') || wants(wanted, 'a') ? { x } : {}),
      ...(wanted.x ? { ...many('w', weights), ...many('a', as) } : {}),
      ...(inner ? many('b', bs) : {}),
      ...(activation ? { acted } : {}),
      ...(h && wants(wanted, 'b') ? { h } : {}),
    };
  }

  function forward(backend: TrainingBackend, wanted: Wanted): Forward {
    const size = tileFor(sides.R, sides.N);
    const layer = { ...sides, size };
    const taped = Object.values(wanted).some(Boolean);
    const result: Result = {
      y: backend.make([...x.shape.slice(0, -1), sides.N]),
      z: needsInput(activation) && taped ? backend.make([sides.R, sides.N]) : undefined,
    };
    const sum = product(x, weights, biases, residual, result, sides.rank === 0, layer);
    let h: TensorInfo | undefined;
    if (sides.rank === 0) run(backend, 'forward', options, layer, [sum]);
    else {
      h = backend.make([sides.R, sides.rank]);
      const alone = isWithin(layer);
      const { now, after } = inTurn(backend, sum, up(h, bs, result, layer, alone));
      const small = { ...sides, size: SMALL };
      const inner = down(x, as, h, small, alone);
      if (!alone) run(backend, 'down', options, small, [inner]);
      run(backend, 'forward', options, layer, [alone ? within(inner, now) : now]);
      if (after) run(backend, 'forward', options, layer, [after]);
    }
    const saved = toKeep(wanted, result.z ?? result.y, h);
    if (h && !saved.h) backend.disposeData(h.dataId);
    names = Object.keys(saved);
    return { outputs: [result.y], saved: Object.values(saved) };
  }

  function backward(
    backend: TrainingBackend,
    dy: tf.Tensor,
    kept: Readonly<Record<string, tf.Tensor>>,
    wanted: Wanted,
  ): Record<string, TensorInfo> {
    const found: Record<string, TensorInfo> = {};
    const several = (name: string): Several => weights.map((_, i) => kept[`${name}${i}`]);
    const gradients = (name: string): Several =>
      weights.map((_, i) => {
        const key = `${name}${i}`;
        if (wanted[key]) found[key] = backend.makeGradient(parameters[key]!);
        return found[key];
      });
    const [dws, dbiases, das, dbs] = [gradients('w'), gradients('bias'), gradients('a'), gradients('b')];
    const dz: Upstream = { dy, acted: kept.acted };
    if (wanted.x) found.x = backend.make(x.shape);

    const inner = sides.rank > 0 && (wanted.x || some(das)) ? backend.make([sides.R, sides.rank]) : undefined;
    const small = { ...sides, size: SMALL };
    run(backend, 'inner', options, small, [
      ...(inner ? [innerGradient(several('b'), dz, inner, small)] : []),
      ...(some(dbs) ? [upGradient(kept.h!, dz, dbs, small)] : []),
    ]);

    const size = sizeOf(wanted.x ? [sides.R, sides.K] : undefined, some(dws) ? [sides.K, sides.N] : undefined);
    const layer = { ...sides, size };
    const parts: Part[] = [];
    let after: Part | undefined;
    if (wanted.x) {
      const first = inputGradient(several('w'), dz, found.x!, layer);
      const second = inner && addInputGradient(several('a'), inner, found.x!, layer);
      const turns = second ? inTurn(backend, first, second) : { now: first, after: undefined };
      parts.push(turns.now);
      after = turns.after;
    }
    if (some(dws)) parts.push(weightGradient(kept.x!, dz, dws, dbiases, layer));
    else if (some(dbiases)) parts.push(biasGradient(dz, dbiases, layer));
    if (some(das)) parts.push(downGradient(kept.x!, inner!, das, layer));
    run(backend, 'backward', options, layer, parts);
    if (after) run(backend, 'backward', options, layer, [after]);
    if (inner) backend.disposeData(inner.dataId);
    if (wanted.residual) found.residual = backend.alias(dy);
    return found;
  }

  const [y] = operation<string>({
    name: 'linear',
    inputs: { x, residual, ...parameters },
    forward,
    backward: (backend, [dy], saved, wanted) =>
      backward(backend, dy!, Object.fromEntries(names.map((name, i) => [name, saved[i]!])), wanted),
  });
  return y!;
}
