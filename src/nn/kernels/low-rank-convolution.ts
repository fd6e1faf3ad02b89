/** Convolutions with a low-rank pair beside them and with what follows: two dispatches forward and three back. */

import type * as tf from '@tensorflow/tfjs-core';
import type { TensorInfo } from '@tensorflow/tfjs-core';
import { activationText } from './activations.ts';
import type { TrainingBackend } from './backend.ts';
import { type ConvolutionOptions, type Form, keyOf } from './conv-form.ts';
import { geometryOf, pixelsOf, uniformsOf } from './conv-geometry.ts';
import { residualGradient } from './conv-input.ts';
import {
  copyFactor,
  downGradient,
  innerGradient,
  inputGradient,
  sums,
  type Upstream,
  upGradient,
} from './low-rank-conv-backward.ts';
import { down, fold, up } from './low-rank-conv-forward.ts';
import { type Beside, chunksBeside, innerSize, scratchSize, UNIFORMS } from './low-rank-conv-parts.ts';
import { type Part, together } from './parts.ts';
import { dropBelow } from './random.ts';
import { operation } from './tape.ts';
import { LARGE, SMALL, type TileSize, tileFor, tileMemory } from './tile.ts';
import { placeUniform } from './uniforms.ts';

export interface ConvLowRank {
  /** [h, w, C, rank], of the convolution's own window. */
  a: tf.Tensor;
  /** [1, 1, rank, O] */
  b: tf.Tensor;
  scale: number;
  /** Of x on its way into the pair; `name` says where in the network, which has uniforms of its own. */
  dropout?: { name: string; rate: number; seed: number } | undefined;
}

type Input = 'x' | 'a' | 'b' | 'residual';
/** What gradients read of the way forward. */
type Kept = Partial<Record<'x' | 'w' | 'a' | 'b' | 'inner' | 'acted', tf.Tensor>>;

/**
 * y = act(norm(conv(x, w) + s conv(x', A) B) + residual), x' = x drop; where `passes` asks for it x as well: what else reads x
 * then reads that. All but x, the pair and the residual is frozen. x [B, H, W, C] -> [B, H', W', O].
 */
export function lowRankConvolution(
  x: tf.Tensor,
  w: tf.Tensor,
  { a, b, scale, dropout }: ConvLowRank,
  o: Omit<ConvolutionOptions, 'depthwise'>,
  passes = false,
): tf.Tensor[] {
  const { norm, bias, residual, activation } = o;
  if (norm && bias) throw new Error('a bias in front of a norm has no effect');
  const g = geometryOf(x.shape, w.shape, o, false);
  const form: Form = { g, depthwise: false, normed: norm !== undefined, biased: bias !== undefined, activation };
  const rank = a.shape.at(-1)!;
  const chunks = chunksBeside(g, rank);
  const besideIn = (size: TileSize): Beside => ({ form, rank, scale, dropped: dropout !== undefined, chunks, size });
  let names: string[] = [];

  function run(backend: TrainingBackend, stage: string, { size }: Beside, parts: readonly Part[]): void {
    const chance = dropout ? [dropBelow(dropout.rate), 1 / (1 - dropout.rate), dropout.seed] : [];
    const values = [...uniformsOf(g, chunks, norm?.eps ?? 0), rank, scale, ...chance];
    together(backend, `convLowRank.${stage}/${keyOf(form)}/${dropout ? 'd' : ''}${size.side}`, parts, {
      uniforms: UNIFORMS,
      values: dropout ? placeUniform(backend, 'conv', dropout.name, UNIFORMS, values) : values,
      threads: size.threads,
      declarations: () => tileMemory(size) + activationText(activation),
    });
  }

  function backward(
    backend: TrainingBackend,
    dy: tf.Tensor,
    passed: tf.Tensor | undefined,
    kept: Kept,
    wanted: Readonly<Record<Input, boolean>>,
  ): Record<string, TensorInfo> {
    const dz: Upstream = { dy, acted: kept.acted };
    const found: Record<string, TensorInfo> = {};
    const small = besideIn(SMALL);
    const scratch = backend.make([scratchSize(small)]);
    run(backend, 'inner', small, [
      ...(wanted.x || wanted.a ? [innerGradient(kept.b!, dz, kept.inner!, scratch, small)] : []),
      ...(wanted.b ? [upGradient(dz, kept.inner!, scratch, small)] : []),
      ...(wanted.x && norm ? [copyFactor(kept.inner!, scratch, small)] : []),
    ]);
    const large = wanted.x && tileFor(g.B * g.H * g.W, g.C) === LARGE;
    const beside = besideIn(large ? LARGE : SMALL);
    const parts: Part[] = [];
    if (wanted.x) {
      found.x = backend.make(x.shape);
      parts.push(inputGradient({ w: kept.w!, a: kept.a!, passed }, dz, scratch, found.x, beside));
    }
    if (wanted.a) parts.push(downGradient(kept.x!, scratch, beside));
    run(backend, 'backward', beside, parts);
    if (wanted.b) found.b = backend.makeGradient(b);
    if (wanted.a) found.a = backend.makeGradient(a);
    if (wanted.a || wanted.b) run(backend, 'sums', small, [sums(scratch, found.b, found.a, small)]);
    backend.disposeData(scratch.dataId);
    return found;
  }

  return operation<Input>({
    name: 'low-rank convolution',
    inputs: { x, a, b, residual },
    forward(backend, wanted) {
      const small = besideIn(SMALL);
      const inner = backend.make([innerSize(small)]);
      const y = backend.make([g.B, g.outH, g.outW, g.O]);
      run(backend, 'down', small, [down(x, a, inner, small), ...(norm ? [fold(norm, inner, small)] : [])]);
      const beside = besideIn(tileFor(pixelsOf(g), g.O));
      run(backend, 'forward', beside, [up({ x, w, b, bias, residual }, inner, y, beside)]);
      const within = wanted.x || wanted.a;
      const saved = {
        ...(wanted.a ? { x } : {}),
        ...(wanted.x ? { w, a } : {}),
        ...(within ? { b } : {}),
        ...(within || wanted.b ? { inner } : {}),
        ...(activation ? { acted: y } : {}),
      };
      if (!('inner' in saved)) backend.disposeData(inner.dataId);
      names = Object.keys(saved);
      return { outputs: [y, ...(passes ? [backend.alias(x)] : [])], saved: Object.values(saved) };
    },
    backward(backend, [dy, passed], saved, wanted) {
      if (!dy) throw new Error('nothing depends on a convolution');
      const kept: Kept = Object.fromEntries(names.map((name, i) => [name, saved[i]!]));
      const { x: dx, a: da, b: db } = wanted;
      const found = dx || da || db ? backward(backend, dy, passed, kept, wanted) : {};
      if (wanted.residual)
        found.residual = activation ? residualGradient(backend, dy, kept.acted!, activation) : backend.alias(dy);
      return found;
    },
  });
}
