import { activationText } from './activations.ts';
import type { Form } from './conv-form.ts';
import { isPointwise, pixelsOf, pixelText, UNIFORMS, windowOf } from './conv-geometry.ts';
import { type KernelSource, reads, readsWeight, writes } from './kernel.ts';
import { tileCountOf, tiledProduct, tileFor, tileMemory } from './tile.ts';

/** y = act(norm(conv(x, w)) + residual). */
export function forwardSource(form: Form, residual: boolean): KernelSource {
  const { g, depthwise, normed, biased, activation } = form;
  const norms = normed ? ['scale', 'shift', 'mean', 'variance'] : biased ? ['bias'] : [];
  const finish = (i: string, o: string, sum: string): string => {
    const after = normed
      ? `(${sum} - mean[${o}]) * inverseSqrt(variance[${o}] + u.eps) * scale[${o}] + shift[${o}]`
      : `${sum}${biased ? ` + bias[${o}]` : ''}`;
    return `y[${i}] = activate(${after}${residual ? ` + residual[${i}]` : ''});`;
  };
  const beside = [...norms, ...(residual ? ['residual'] : [])].map((name) => reads(name));
  const buffers = [reads('x'), readsWeight('w'), ...beside, writes('y')];
  const size = tileFor(pixelsOf(g), g.O);
  if (depthwise)
    return {
      buffers,
      uniforms: UNIFORMS,
      declarations: activationText(activation),
      main: `if (gid >= u.R * u.C) { return; }
  let c = gid % u.C;
  let m = gid / u.C;
  let image = m / (u.outH * u.outW);
  let pixel = m % (u.outH * u.outW);
  var sum = 0.0;
  ${windowOf(g, `sum += x[((image * u.H + row) * u.W + at) * u.C + c] * wAt((ky * ${g.kw} + kx) * u.C + c);`)}
  ${finish('gid', 'c', 'sum')}`,
    };
  return {
    buffers,
    uniforms: UNIFORMS,
    threads: size.threads,
    declarations: [
      activationText(activation),
      pixelText(g),
      tileMemory(size),
      tiledProduct(
        {
          name: 'product',
          costly: !isPointwise(g),
          rows: 'u.R',
          columns: 'u.O',
          left: (m, k) => `pixelAt(${m}, ${k})`,
          right: (k, n) => `wAt(${k} * u.O + ${n})`,
          store: (m, n, sum) => finish(`${m} * u.O + ${n}`, n, sum),
        },
        size,
      ),
    ].join('\n'),
    main: `if (group < ${tileCountOf('u.R', 'u.O', size)}) { product(group, lid, 0, ${g.kh * g.kw} * u.C); }`,
  };
}
