/** Loops over elements, four at a time; the last few go alone through the same instructions, and so to the same bits. */
import {
  addInts,
  addVector,
  advance,
  type BuiltFunction,
  type Code,
  countdown,
  divVector,
  FunctionBuilder,
  get,
  int,
  intsOf,
  type Local,
  loadSplat,
  loadVector,
  maxVector,
  minVector,
  mulVector,
  roundVector,
  seq,
  set,
  shiftLeft,
  shiftRight,
  storeFirst,
  storeVector,
  subInts,
  subVector,
  toInts,
  vectorOf,
} from './assembler.ts';

/** out[i] = compute(inputs[i]) for each of `count` elements. */
export function overElements(
  out: Local,
  inputs: readonly Local[],
  count: Local,
  compute: (...values: readonly Code[]) => Code,
): Code {
  const block = (size: number, load: typeof loadVector, store: typeof storeVector): Code =>
    countdown(
      count,
      size,
      seq(
        store(get(out), compute(...inputs.map((input) => load(get(input))))),
        ...[out, ...inputs].map((pointer) => advance(pointer, int(4 * size))),
      ),
    );
  return seq(block(4, loadVector, storeVector), block(1, loadSplat, storeFirst));
}

/** ln 2 in two parts, the first of so few digits that its multiples are exact. */
const [LN_2_HIGH, LN_2_LOW] = [0.693359375, -2.1219444e-4];
/** (e^r - 1 - r) / r² for |r| <= ln 2 / 2, from the highest power down. */
const POLYNOMIAL = [1.98756915e-4, 1.3981999507e-3, 8.3334519073e-3, 4.1665795894e-2, 1.6666665459e-1, 5.0000001201e-1];

/**
 * e^x = 2^n e^r with n = round(x / ln 2), good to 2e-7 of its value: Moshier's `expf` of the Cephes library. 2^n is
 * applied in two halves, so that results run through the subnormal numbers to 0, and to infinity, as they should.
 */
function exponentialOf(f: FunctionBuilder): (x: Code) => Code {
  const [n, r, whole, half] = [f.local('v128'), f.local('v128'), f.local('v128'), f.local('v128')];
  /** 2^k: k in the exponent's place */
  const power = (k: Code): Code => shiftLeft(addInts(k, intsOf(127)), 23);
  const polynomial = POLYNOMIAL.slice(1).reduce(
    (sum, coefficient) => addVector(mulVector(sum, get(r)), vectorOf(coefficient)),
    vectorOf(POLYNOMIAL[0]!),
  );
  return (x) =>
    seq(
      set(r, minVector(maxVector(x, vectorOf(-110)), vectorOf(90))),
      set(n, roundVector(mulVector(get(r), vectorOf(Math.LOG2E)))),
      set(whole, toInts(get(n))),
      set(half, shiftRight(get(whole), 1)),
      set(r, subVector(get(r), mulVector(get(n), vectorOf(LN_2_HIGH)))),
      set(r, subVector(get(r), mulVector(get(n), vectorOf(LN_2_LOW)))),
      set(n, addVector(addVector(mulVector(polynomial, mulVector(get(r), get(r))), get(r)), vectorOf(1))),
      mulVector(mulVector(get(n), power(get(half))), power(subInts(get(whole), get(half)))),
    );
}

/** exponential(out, x, count): out = e^x. */
export function exponential(): BuiltFunction {
  const f = new FunctionBuilder('exponential', new Array(3).fill('i32'));
  const exp = exponentialOf(f);
  return { builder: f, body: overElements(0, [1], 2, (x) => exp(x!)) };
}

const CUBIC = 0.044715;
/** 2 √(2/π) */
const RATE = 2 * Math.sqrt(2 / Math.PI);

/**
 * The share s of x that GPT-2's GELU lets through, (1 + tanh z) / 2 with z = √(2/π) (x + 0.044715 x³), which is
 * 1 / (1 + e^(-2z)) exactly: no difference of near numbers where x is far below 0.
 */
function shareOf(f: FunctionBuilder): (x: Local, square: Local) => Code {
  const exp = exponentialOf(f);
  const minusTwoZ = (x: Local, square: Local): Code =>
    mulVector(get(x), addVector(mulVector(get(square), vectorOf(-RATE * CUBIC)), vectorOf(-RATE)));
  return (x, square) => divVector(vectorOf(1), addVector(vectorOf(1), exp(minusTwoZ(x, square))));
}

/** geluNew(out, x, count): out = x s. */
export function geluNew(): BuiltFunction {
  const f = new FunctionBuilder('geluNew', new Array(3).fill('i32'));
  const [x, square] = [f.local('v128'), f.local('v128')];
  const share = shareOf(f);
  const body = overElements(0, [1], 2, (value) =>
    seq(set(x, value!), set(square, mulVector(get(x), get(x))), mulVector(get(x), share(x, square))),
  );
  return { builder: f, body };
}

/** geluNewGrad(out, x, dy, count): out = dy (s + x s (1 - s) 2z') with 2z' = 2 √(2/π) (1 + 3 · 0.044715 x²). */
export function geluNewGrad(): BuiltFunction {
  const f = new FunctionBuilder('geluNewGrad', new Array(4).fill('i32'));
  const [x, square, s] = [f.local('v128'), f.local('v128'), f.local('v128')];
  const share = shareOf(f);
  const slope = addVector(mulVector(get(square), vectorOf(3 * RATE * CUBIC)), vectorOf(RATE));
  const body = overElements(0, [1, 2], 3, (value, dy) =>
    seq(
      set(x, value!),
      set(square, mulVector(get(x), get(x))),
      set(s, share(x, square)),
      mulVector(
        dy!,
        addVector(get(s), mulVector(mulVector(get(x), mulVector(get(s), subVector(vectorOf(1), get(s)))), slope)),
      ),
    ),
  );
  return { builder: f, body };
}
