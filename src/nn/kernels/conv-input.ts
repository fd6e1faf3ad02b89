/** Gradients of a convolution by what goes into it. */

import type { TensorInfo } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { activationText } from './activations.ts';
import type { TrainingBackend } from './backend.ts';
import { actedBuffer, type Form, factorText, upstreamText } from './conv-form.ts';
import { isPointwise, lookedAtText, PIXEL, sources, UNIFORMS } from './conv-geometry.ts';
import { type KernelSource, reads, readsWeight, THREADS, writes } from './kernel.ts';
import { tileCountOf, tiledProduct, tileFor, tileMemory } from './tile.ts';

/** dx: every pixel gathers from the outputs that looked at it; what `passed` x on gave is added. */
export function inputGradientSource(form: Form, passed: boolean): KernelSource {
  const { g, depthwise, normed, activation } = form;
  const factor = (o: string) => (normed ? ` * factor(${o})` : '');
  const base = {
    buffers: [
      readsWeight('w'),
      ...(normed ? [reads('scale'), reads('variance')] : []),
      reads('dy'),
      ...actedBuffer(form),
      ...(passed ? [reads('passed')] : []),
      writes('dx'),
    ],
    uniforms: UNIFORMS,
  };
  const more = (i: string) => (passed ? ` + passed[${i}]` : '');
  if (depthwise)
    return {
      ...base,
      declarations: activationText(activation) + upstreamText(form) + factorText(form),
      main: `if (gid >= u.B * u.H * u.W * u.C) { return; }
  let c = gid % u.C;
  let i = gid / u.C;
  ${PIXEL}
  var sum = 0.0;
  ${sources(g, `sum += dz(m, c) * wAt((ky * ${g.kw} + kx) * u.C + c);`)}
  dx[gid] = sum${factor('c')}${more('gid')};`,
    };
  const size = tileFor(g.B * g.H * g.W, g.C);
  return {
    ...base,
    threads: size.threads,
    declarations: [
      activationText(activation),
      upstreamText(form),
      factorText(form),
      lookedAtText(g, 'left', 'u.O', `return dz(m, o)${factor('o')};`),
      tileMemory(size),
      tiledProduct(
        {
          name: 'product',
          costly: !isPointwise(g),
          rows: '(u.B * u.H * u.W)',
          columns: 'u.C',
          left: (m, k) => `left(${m}, ${k})`,
          right: (k, n) => `wAt(((${k} / u.O) * u.C + ${n}) * u.O + ${k} % u.O)`,
          rightAlong: 'k',
          store: (m, n, sum) => `let i = ${m} * u.C + ${n}; dx[i] = ${sum}${more('i')};`,
        },
        size,
      ),
    ].join('\n'),
    main: `if (group < ${tileCountOf('(u.B * u.H * u.W)', 'u.C', size)}) { product(group, lid, 0, ${g.kh * g.kw} * u.O); }`,
  };
}

/** dy times the activation's slope, where a residual was added in front of one. */
export function residualGradient(
  backend: TrainingBackend,
  dy: tf.Tensor,
  acted: tf.Tensor,
  activation: 'relu' | 'relu6',
): TensorInfo {
  const out = backend.make(dy.shape);
  const source = (): KernelSource => ({
    buffers: [reads('dy'), reads('acted'), writes('dx')],
    uniforms: ['n:i32'],
    declarations: activationText(activation),
    main: 'if (gid < u.n) { dx[gid] = dy[gid] * slope(acted[gid]); }',
  });
  const groups = Math.ceil(tf.util.sizeFromShape(dy.shape) / THREADS);
  backend.dispatch(`conv.residual/${activation}`, source, [dy, acted, out], [dy.size], groups);
  return out;
}
