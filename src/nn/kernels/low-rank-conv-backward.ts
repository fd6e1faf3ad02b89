/** Gradients of a convolution with a low-rank pair A, B beside it. */
import type { TensorInfo } from '@tensorflow/tfjs-core';
import { type Form, upstreamText } from './conv-form.ts';
import { isPointwise, lookedAtText, pixelText } from './conv-geometry.ts';
import {
  type Beside,
  channelPart,
  DOWN_PARTS,
  FACTOR,
  FACTOR_COPY,
  factorText,
  productPart,
  sidesOf,
  UP_PARTS,
} from './low-rank-conv-parts.ts';
import { drop } from './low-rank-parts.ts';
import { type Bound, from, fromWeight, into, type Part } from './parts.ts';
import type { TiledProduct } from './tile.ts';

/** What the gradient in front of the activation is read from. */
export interface Upstream {
  dy: TensorInfo;
  acted: TensorInfo | undefined;
}
const upstreamBuffers = ({ dy, acted }: Upstream): Bound[] => [
  from('dy', dy),
  ...(acted ? [from('acted', acted)] : []),
];
/** `g(m, o)`: the gradient in front of the norm. */
const upstream = (form: Form, buffer: string, at: string): Record<string, string> => ({
  upstream: upstreamText(form),
  factor: factorText(form, buffer, at),
  g: 'fn g(m : i32, o : i32) -> f32 { return dz(m, o) * factor(o); }',
});

/** dh = s g Bᵀ */
export function innerGradient(b: TensorInfo, dz: Upstream, inner: TensorInfo, scratch: TensorInfo, o: Beside): Part {
  const sides = sidesOf(o);
  return productPart(
    'innerGradient',
    [sides.out, sides.rank],
    'u.O',
    [from('b', b), ...upstreamBuffers(dz), from('inner', inner), into('scratch', scratch)],
    () => ({
      functions: upstream(o.form, 'inner', FACTOR),
      left: (m, k) => `g(${m}, ${k})`,
      right: (k, n) => `(u.scale * b[${n} * u.O + ${k}])`,
      rightAlong: 'k',
      store: (m, n, sum) => `scratch[${m} * u.rank + ${n}] = ${sum};`,
    }),
    o,
  );
}

/** Parts of dB = s hᵀ g */
export function upGradient(dz: Upstream, inner: TensorInfo, scratch: TensorInfo, beside: Beside): Part {
  const sides = sidesOf(beside);
  return productPart(
    'upGradient',
    [sides.rank, sides.O],
    { pixels: UP_PARTS },
    [...upstreamBuffers(dz), from('inner', inner), into('scratch', scratch)],
    () => ({
      functions: upstream(beside.form, 'inner', FACTOR),
      left: (m, k) => `inner[${k} * u.rank + ${m}]`,
      leftAlong: 'm',
      right: (k, n) => `(u.scale * g(${k}, ${n}))`,
      store: (m, n, sum) => `scratch[place + ${m} * u.O + ${n}] = ${sum};`,
    }),
    beside,
  );
}

/** The norm's factor where the next dispatch binds no `inner`. */
export const copyFactor = (inner: TensorInfo, scratch: TensorInfo, beside: Beside): Part =>
  channelPart(
    'copyFactor',
    [from('inner', inner), into('scratch', scratch)],
    `scratch[${FACTOR_COPY(beside)} + o] = inner[${FACTOR} + o];`,
    beside,
  );

/** Parts of dA = (the window of x drop)ᵀ dh */
export function downGradient(x: TensorInfo, scratch: TensorInfo, beside: Beside): Part {
  const sides = sidesOf(beside);
  return productPart(
    'downGradient',
    [sides.window, sides.rank],
    { pixels: DOWN_PARTS },
    [from('x', x), into('scratch', scratch)],
    () => ({
      functions: { ...drop(beside.dropped), pixelAt: pixelText(beside.form.g, (i) => `x[${i}] * drop(${i})`) },
      costly: !isPointwise(beside.form.g),
      left: (m, k) => `pixelAt(${k}, ${m})`,
      leftAlong: 'm',
      right: (k, n) => `scratch[${k} * u.rank + ${n}]`,
      store: (m, n, sum) => `scratch[place + ${m} * u.rank + ${n}] = ${sum};`,
    }),
    beside,
  );
}

/** dx = what looked at it of g and w, and of dh and A: one sum, or the second after the first where it is dropped. */
export function inputGradient(
  given: { w: TensorInfo; a: TensorInfo; passed: TensorInfo | undefined },
  dz: Upstream,
  scratch: TensorInfo,
  dx: TensorInfo,
  beside: Beside,
): Part {
  const sides = sidesOf(beside);
  const { form, dropped } = beside;
  const { g } = form;
  const { passed } = given;
  const width = { both: '(u.O + u.rank)', w: 'u.O', a: 'u.rank' } as const;
  const ofW = { left: 'return g(m, o);', right: 'return wAt((tap * u.C + n) * u.O + o);' };
  const ofA = (o: string) => ({
    left: `return scratch[m * u.rank + ${o}];`,
    right: `return a[(tap * u.C + n) * u.rank + ${o}];`,
  });
  const texts = {
    w: ofW,
    a: ofA('o'),
    both: {
      left: `if (o < u.O) { ${ofW.left} } ${ofA('o - u.O').left}`,
      right: `if (o < u.O) { ${ofW.right} } ${ofA('o - u.O').right}`,
    },
  };
  /** The product over what is of `w`, `a` or both. */
  const product = (name: string, of: keyof typeof width, store: TiledProduct['store']): Part =>
    productPart(
      name,
      [sides.in, sides.C],
      `${g.kh * g.kw} * ${width[of]}`,
      [
        ...[fromWeight('w', given.w), from('a', given.a), ...upstreamBuffers(dz), into('scratch', scratch)],
        ...[...(passed ? [from('passed', passed)] : []), into('dx', dx)],
      ],
      () => ({
        functions: {
          ...drop(dropped),
          ...upstream(form, 'scratch', FACTOR_COPY(beside)),
          [`${name}Left`]: lookedAtText(g, `${name}Left`, width[of], texts[of].left),
          [`${name}Right`]: `fn ${name}Right(k : i32, n : i32) -> f32 {
  let o = k % ${width[of]};
  let tap = k / ${width[of]};
  ${texts[of].right}
}`,
        },
        costly: !isPointwise(g),
        left: (m, k) => `${name}Left(${m}, ${k})`,
        right: (k, n) => `${name}Right(${k}, ${n})`,
        rightAlong: 'k',
        store,
      }),
      beside,
    );
  const first = (m: string, n: string, sum: string) =>
    `let i = ${m} * u.C + ${n}; dx[i] = ${sum}${passed ? ' + passed[i]' : ''};`;
  if (!dropped) return { ...product('inputGradient', 'both', first), key: `inputGradient${passed ? 'p' : ''}` };
  const [now, then] = [
    product('inputGradient', 'w', first),
    product('addInputGradient', 'a', (m, n, sum) => `let i = ${m} * u.C + ${n}; dx[i] += ${sum} * drop(i);`),
  ];
  return {
    ...now,
    key: `inputGradient${passed ? 'p' : ''}>`,
    functions: () => ({ ...now.functions(), ...then.functions() }),
    // each thread has the same entries of both
    run: (tile) => `${now.run(tile)} ${then.run(tile)}`,
  };
}

/** dB and dA of their parts. */
export function sums(scratch: TensorInfo, db: TensorInfo | undefined, da: TensorInfo | undefined, o: Beside): Part {
  const { g } = o.form;
  const window = g.kh * g.kw * g.C;
  const { threads } = o.size;
  const total = (target: string, i: string, count: string, place: string) =>
    `var sum = 0.0; for (var c = 0; c < u.chunks; c++) { sum += scratch[${place} + c * ${count} + ${i}]; } ${target}[${i}] = sum;`;
  const [ups, downs] = ['(u.rank * u.O)', `(u.rank * ${g.kh * g.kw} * u.C)`];
  return {
    key: `sums${db ? 'b' : ''}${da ? 'a' : ''}`,
    buffers: [from('scratch', scratch), ...(db ? [into('db', db)] : []), ...(da ? [into('da', da)] : [])],
    functions: () => ({}),
    run: (tile) => `let at = ${tile} * ${threads} + i32(lid);
  if (at < ${ups}) { ${db ? total('db', 'at', ups, UP_PARTS) : ''} }
  else { let i = at - ${ups}; if (i < ${downs}) { ${da ? total('da', 'i', downs, DOWN_PARTS) : ''} } }`,
    groups: Math.ceil((o.rank * (g.O + window)) / threads),
    groupsOf: `((${ups} + ${downs} + ${threads - 1}) / ${threads})`,
  };
}
