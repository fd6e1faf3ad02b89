/** Convolutions with what follows them: frozen batch normalisation or a bias, a residual, an activation. */

import type * as tf from '@tensorflow/tfjs-core';
import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { TrainingBackend } from './backend.ts';
import { chunksOf, filterPartsSource, filterSumSource, partRows, type Wanted } from './conv-filter.ts';
import { type ConvolutionOptions, type Form, keyOf } from './conv-form.ts';
import { forwardSource } from './conv-forward.ts';
import { geometryOf, pixelsOf, uniformsOf } from './conv-geometry.ts';
import { inputGradientSource, residualGradient } from './conv-input.ts';
import { THREADS } from './kernel.ts';
import { operation } from './tape.ts';
import { SMALL, tileCount, tileFor } from './tile.ts';

type Input = 'x' | 'w' | 'scale' | 'shift' | 'bias' | 'residual';
/** What gradients read of the way forward. */
type Kept = Partial<Record<'x' | 'w' | 'scale' | 'acted', tf.Tensor>>;

/** A convolution's result, and where `passes` asks for it its x: what else reads x then reads that. */
export function convolve(x: tf.Tensor, w: tf.Tensor, o: ConvolutionOptions, passes: boolean): tf.Tensor[] {
  const { norm, bias, residual, activation, depthwise = false } = o;
  if (norm && bias) throw new Error('a bias in front of a norm has no effect');
  const g = geometryOf(x.shape, w.shape, o, depthwise);
  const form: Form = { g, depthwise, normed: norm !== undefined, biased: bias !== undefined, activation };
  const chunks = chunksOf(g, depthwise);
  const uniforms = uniformsOf(g, chunks, norm?.eps ?? 0);
  const key = keyOf(form);
  const R = pixelsOf(g);
  let names: string[] = [];

  function inputGradient(
    backend: TrainingBackend,
    dy: tf.Tensor,
    { acted, w: kept, scale }: Kept,
    passed: tf.Tensor | undefined,
  ): TensorInfo {
    const dx = backend.make(x.shape);
    const pixels = g.B * g.H * g.W;
    const size = tileFor(pixels, g.C);
    backend.dispatch(
      `conv.input/${key}/${size.side}${passed ? 'p' : ''}`,
      () => inputGradientSource(form, passed !== undefined),
      [
        ...[kept!, ...(norm ? [scale!, norm.variance] : []), dy, ...(acted ? [acted] : [])],
        ...[...(passed ? [passed] : []), dx],
      ],
      uniforms,
      depthwise ? Math.ceil((pixels * g.C) / THREADS) : tileCount(pixels, g.C, size),
    );
    return dx;
  }

  function filterGradients(
    backend: TrainingBackend,
    dy: tf.Tensor,
    kept: Kept,
    wanted: Wanted,
  ): Record<string, TensorInfo> {
    const rows = partRows(g, depthwise);
    const parts = backend.make([chunks, rows, g.O]);
    const inner = [kept.x!, dy, ...(kept.acted ? [kept.acted] : []), parts];
    const across = depthwise ? Math.ceil(g.C / THREADS) : tileCount(rows - 1, g.O, SMALL);
    backend.dispatch(`conv.parts/${key}`, () => filterPartsSource(form), inner, uniforms, [across, chunks, 1]);
    const found: Record<string, TensorInfo> = {};
    if (wanted.w) found.w = backend.makeGradient(w);
    if (norm && wanted.norm) {
      found.scale = backend.makeGradient(norm.scale);
      found.shift = backend.makeGradient(norm.shift);
    }
    if (wanted.bias) found.bias = backend.makeGradient(bias!);
    const order = ['w', 'scale', 'shift', 'bias'].flatMap((name) => found[name] ?? []);
    const read = norm ? [kept.w!, kept.scale!, norm.mean, norm.variance] : [];
    const name = `conv.sum/${norm ? 'n' : ''}${wanted.w ? 'w' : ''}${wanted.norm ? 's' : ''}${wanted.bias ? 'b' : ''}`;
    const sizes = [rows - 1, g.O, chunks, norm?.eps ?? 0];
    backend.dispatch(name, () => filterSumSource(form, wanted), [parts, ...read, ...order], sizes, g.O);
    backend.disposeData(parts.dataId);
    return found;
  }

  const ownOf = (wanted: Readonly<Record<Input, boolean>>): Wanted | undefined => {
    const own = { w: wanted.w, norm: wanted.scale || wanted.shift, bias: wanted.bias };
    return own.w || own.norm || own.bias ? own : undefined;
  };

  return operation<Input>({
    name: 'convolution',
    inputs: { x, w, scale: norm?.scale, shift: norm?.shift, bias, residual },
    forward(backend, wanted) {
      const out = backend.make([g.B, g.outH, g.outW, g.O]);
      const norms = norm ? [norm.scale, norm.shift, norm.mean, norm.variance] : bias ? [bias] : [];
      const size = tileFor(R, g.O);
      const groups = depthwise ? Math.ceil((R * g.C) / THREADS) : tileCount(R, g.O, size);
      backend.dispatch(
        `conv/${key}/${size.side}${residual ? 'r' : ''}`,
        () => forwardSource(form, residual !== undefined),
        [x, w, ...norms, ...(residual ? [residual] : []), out],
        uniforms,
        groups,
      );
      const own = ownOf(wanted);
      const saved = {
        ...(own ? { x } : {}),
        ...(wanted.x || (own && norm) ? { w, ...(norm ? { scale: norm.scale } : {}) } : {}),
        ...(activation ? { acted: out } : {}),
      };
      names = Object.keys(saved);
      return { outputs: [out, ...(passes ? [backend.alias(x)] : [])], saved: Object.values(saved) };
    },
    backward(backend, [dy, passed], saved, wanted) {
      if (!dy) throw new Error('nothing depends on a convolution');
      const kept: Kept = Object.fromEntries(names.map((name, i) => [name, saved[i]!]));
      const own = ownOf(wanted);
      const found: Record<string, TensorInfo> = {};
      if (wanted.x) found.x = inputGradient(backend, dy, kept, passed);
      if (own) Object.assign(found, filterGradients(backend, dy, kept, own));
      if (wanted.residual)
        found.residual = activation ? residualGradient(backend, dy, kept.acted!, activation) : backend.alias(dy);
      return found;
    },
  });
}

/**
 * y = act(norm(conv(x, w)) + residual): one dispatch forward; back one for x and two for the parameters. x [B, H, W, C] ->
 * [B, H', W', O].
 */
export const convolution = (x: tf.Tensor, w: tf.Tensor, o: ConvolutionOptions): tf.Tensor =>
  convolve(x, w, o, false)[0]!;
