import {
  addVector,
  advance,
  type BuiltFunction,
  type Code,
  countdown,
  divVector,
  FunctionBuilder,
  get,
  int,
  loadSplat,
  loadVector,
  mulVector,
  seq,
  set,
  splat,
  sqrtVector,
  storeFirst,
  storeVector,
  subVector,
} from './assembler.ts';

/**
 * adamw(outW, outM, outV, w, g, m, v, count, keep, l2, beta1, rest1, beta2, rest2, rate, correction, epsilon): one
 * update of AdamW (Loshchilov and Hutter 2019, algorithm 2) in one pass. g' = g + l2 w; the mean m and the square v
 * follow it; w = keep w - rate m / (correction √v + ε), with the bias corrections in `rate` and `correction`.
 */
export function adamw(): BuiltFunction {
  const floats = 9;
  const f = new FunctionBuilder('adamw', [...new Array<'i32'>(8).fill('i32'), ...new Array<'f32'>(floats).fill('f32')]);
  const [outW, outM, outV, w, g, m, v, count] = [0, 1, 2, 3, 4, 5, 6, 7] as const;
  const spread = Array.from({ length: floats }, () => f.local('v128'));
  const [keep, l2, beta1, rest1, beta2, rest2, rate, correction, epsilon] = spread.map(get) as Codes;
  const [weight, gradient, mean, square] = [f.local('v128'), f.local('v128'), f.local('v128'), f.local('v128')];
  const block = (size: number, load: typeof loadVector, store: typeof storeVector): Code =>
    countdown(
      count,
      size,
      seq(
        set(weight, load(get(w))),
        set(gradient, addVector(load(get(g)), mulVector(get(weight), l2))),
        set(mean, addVector(mulVector(load(get(m)), beta1), mulVector(get(gradient), rest1))),
        set(
          square,
          addVector(mulVector(load(get(v)), beta2), mulVector(mulVector(get(gradient), get(gradient)), rest2)),
        ),
        store(get(outM), get(mean)),
        store(get(outV), get(square)),
        store(
          get(outW),
          subVector(
            mulVector(get(weight), keep),
            mulVector(divVector(get(mean), addVector(mulVector(sqrtVector(get(square)), correction), epsilon)), rate),
          ),
        ),
        ...[outW, outM, outV, w, g, m, v].map((pointer) => advance(pointer, int(4 * size))),
      ),
    );
  const body = seq(
    ...spread.map((local, i) => set(local, splat(get(8 + i)))),
    block(4, loadVector, storeVector),
    block(1, loadSplat, storeFirst),
  );
  return { builder: f, body };
}
type Codes = [Code, Code, Code, Code, Code, Code, Code, Code, Code];
