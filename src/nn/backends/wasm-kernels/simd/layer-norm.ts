/**
 * Layer normalisation by rows (Ba, Kiros and Hinton 2016, equation 3): y = w x̂ + b with x̂ = (x - μ) / σ, where μ is a
 * row's mean and σ² its variance plus ε. Mean and variance are taken again for the gradients: a row lies in the cache.
 */
import {
  addFloat,
  advance,
  type BuiltFunction,
  type Code,
  countdown,
  divFloat,
  FunctionBuilder,
  get,
  int,
  type Local,
  lane,
  mul,
  oneFloat,
  seq,
  set,
  splat,
  sqrtFloat,
  toFloat,
  zeroFloat,
  zeroVector,
} from './assembler.ts';
import { overChannels, range, type Width } from './channels.ts';

/** A number once and four times, for loops of both widths. */
type Both = Readonly<Record<Width['type'], Local>>;

const bothOf = (f: FunctionBuilder): Both => ({ f32: f.local('f32'), v128: f.local('v128') });
const setBoth = (both: Both, value: Code): Code => seq(set(both.f32, value), set(both.v128, splat(get(both.f32))));

/** A pass along one row; `pointers` are where it begins. */
type Pass = (pointers: readonly Code[], body: (width: Width, at: readonly Code[], offset: number) => Code) => Code;

function passOf(f: FunctionBuilder, channels: Local, most: number): Pass {
  const left = f.local('i32');
  const cursors = range(most).map(() => f.local('i32'));
  return (pointers, body) => {
    const used = cursors.slice(0, pointers.length);
    return seq(
      set(left, get(channels)),
      ...used.map((cursor, i) => set(cursor, pointers[i]!)),
      overChannels(left, used, (width, vectors) =>
        seq(
          ...range(vectors).map((i) =>
            body(
              width,
              used.map((cursor) => get(cursor)),
              4 * width.channels * i,
            ),
          ),
        ),
      ),
    );
  };
}

/** A sum along a row: one of vectors, and one of what is left over. */
interface Sum {
  clear: Code;
  add(width: Width, value: Code): Code;
  total: Code;
}

function sumOf(f: FunctionBuilder): Sum {
  const both = bothOf(f);
  const lanes = range(4).map((i) => lane(get(both.v128), i));
  return {
    clear: seq(set(both.f32, zeroFloat), set(both.v128, zeroVector)),
    add: (width, value) => set(both[width.type], width.add(get(both[width.type]), value)),
    total: lanes.reduce(addFloat, get(both.f32)),
  };
}

/** What the rows of x are normalised by. */
interface Moments {
  /** Of the row at `x`. */
  take: Code;
  /** x̂ of some of its channels. */
  unit(width: Width, value: Code): Code;
  /** 1 / σ */
  inverse: Both;
}

function momentsOf(f: FunctionBuilder, pass: Pass, [x, channels, eps]: readonly [Local, Local, Local]): Moments {
  const [mean, inverse] = [bothOf(f), bothOf(f)];
  const centred = [f.local('f32'), f.local('v128')] as const;
  const sum = sumOf(f);
  const share = divFloat(sum.total, toFloat(get(channels)));
  const centre = (width: Width, value: Code): Code => width.sub(value, get(mean[width.type]));
  const take = seq(
    sum.clear,
    pass([get(x)], (width, [at], offset) => sum.add(width, width.load(at!, offset))),
    setBoth(mean, share),
    sum.clear,
    pass([get(x)], (width, [at], offset) => {
      const local = centred[width.type === 'f32' ? 0 : 1];
      return seq(set(local, centre(width, width.load(at!, offset))), sum.add(width, width.mul(get(local), get(local))));
    }),
    setBoth(inverse, divFloat(oneFloat, sqrtFloat(addFloat(share, get(eps))))),
  );
  return { take, unit: (width, value) => width.mul(centre(width, value), get(inverse[width.type])), inverse };
}

/** Runs `body` for each row, and moves the pointers to the next one. */
const eachRow = (rows: Local, channels: Local, pointers: readonly Local[], body: Code): Code =>
  countdown(rows, 1, seq(body, ...pointers.map((pointer) => advance(pointer, mul(get(channels), int(4))))));

/** layerNorm(out, x, weight, bias, rows, channels, eps): out = w x̂ + b. */
export function layerNorm(): BuiltFunction {
  const f = new FunctionBuilder('layerNorm', [...new Array<'i32'>(6).fill('i32'), 'f32']);
  const [out, x, weight, bias, rows, channels, eps] = [0, 1, 2, 3, 4, 5, 6] as const;
  const pass = passOf(f, channels, 4);
  const moments = momentsOf(f, pass, [x, channels, eps]);
  const write = pass([out, x, weight, bias].map(get), (width, [to, from, w, b], offset) =>
    width.store(
      to!,
      width.add(
        width.mul(moments.unit(width, width.load(from!, offset)), width.load(w!, offset)),
        width.load(b!, offset),
      ),
      offset,
    ),
  );
  return { builder: f, body: eachRow(rows, channels, [out, x], seq(moments.take, write)) };
}

/**
 * layerNormGrad(out, x, weight, dy, rows, channels, eps): out = (g - mean(g) - x̂ mean(g x̂)) / σ with g = w dy, the
 * gradient for x.
 */
export function layerNormGrad(): BuiltFunction {
  const f = new FunctionBuilder('layerNormGrad', [...new Array<'i32'>(6).fill('i32'), 'f32']);
  const [out, x, weight, dy, rows, channels, eps] = [0, 1, 2, 3, 4, 5, 6] as const;
  const pass = passOf(f, channels, 4);
  const moments = momentsOf(f, pass, [x, channels, eps]);
  const [sum, product] = [sumOf(f), sumOf(f)];
  const [mean, slope, g] = [bothOf(f), bothOf(f), bothOf(f)];
  const setG = (width: Width, w: Code, upstream: Code, offset: number): Code =>
    set(g[width.type], width.mul(width.load(w, offset), width.load(upstream, offset)));
  const gather = pass([x, weight, dy].map(get), (width, [from, w, upstream], offset) =>
    seq(
      setG(width, w!, upstream!, offset),
      sum.add(width, get(g[width.type])),
      product.add(width, width.mul(get(g[width.type]), moments.unit(width, width.load(from!, offset)))),
    ),
  );
  const share = (total: Code): Code => divFloat(total, toFloat(get(channels)));
  const write = pass([out, x, weight, dy].map(get), (width, [to, from, w, upstream], offset) => {
    const along = width.mul(moments.unit(width, width.load(from!, offset)), get(slope[width.type]));
    const across = width.sub(width.sub(get(g[width.type]), get(mean[width.type])), along);
    return seq(
      setG(width, w!, upstream!, offset),
      width.store(to!, width.mul(across, get(moments.inverse[width.type])), offset),
    );
  });
  const row = seq(
    moments.take,
    sum.clear,
    product.clear,
    gather,
    setBoth(mean, share(sum.total)),
    setBoth(slope, share(product.total)),
    write,
  );
  return { builder: f, body: eachRow(rows, channels, [out, x, dy], row) };
}

/** layerNormWeightGrad(out, x, dy, rows, channels, eps): out[c] += Σ_r dy[r, c] x̂[r, c], the gradient for w. */
export function layerNormWeightGrad(): BuiltFunction {
  const f = new FunctionBuilder('layerNormWeightGrad', [...new Array<'i32'>(5).fill('i32'), 'f32']);
  const [out, x, dy, rows, channels, eps] = [0, 1, 2, 3, 4, 5] as const;
  const pass = passOf(f, channels, 3);
  const moments = momentsOf(f, pass, [x, channels, eps]);
  const join = pass([out, x, dy].map(get), (width, [to, from, upstream], offset) => {
    const part = width.mul(moments.unit(width, width.load(from!, offset)), width.load(upstream!, offset));
    return width.store(to!, width.add(width.load(to!, offset), part), offset);
  });
  return { builder: f, body: eachRow(rows, channels, [x, dy], seq(moments.take, join)) };
}
