/** Sums, differences and products of elements, and activations with their gradients. */
import {
  addVector,
  advance,
  andVector,
  type BuiltFunction,
  type Code,
  countdown,
  FunctionBuilder,
  get,
  greaterVector,
  int,
  lessVector,
  loadSplat,
  loadVector,
  maxVector,
  minVector,
  mulVector,
  seq,
  set,
  storeFirst,
  storeVector,
  subVector,
  vectorOf,
  zeroVector,
} from './assembler.ts';
import { overElements } from './elementwise.ts';

const COMBINE = { addVectors: addVector, subVectors: subVector, mulVectors: mulVector };

/** addVectors, subVectors, mulVectors (out, a, b, count): out = a + b, a - b, a b. */
export function binary(name: keyof typeof COMBINE): BuiltFunction {
  const f = new FunctionBuilder(name, new Array(4).fill('i32'));
  return { builder: f, body: overElements(0, [1, 2], 3, (a, b) => COMBINE[name](a!, b!)) };
}

const ACTIVATE = {
  relu: (x: Code) => maxVector(x, zeroVector),
  relu6: (x: Code) => minVector(maxVector(x, zeroVector), vectorOf(6)),
};

/** relu, relu6 (out, x, count): out = max(x, 0), and at most 6. */
export function activation(name: keyof typeof ACTIVATE): BuiltFunction {
  const f = new FunctionBuilder(name, new Array(3).fill('i32'));
  return { builder: f, body: overElements(0, [1], 2, (x) => ACTIVATE[name](x!)) };
}

/** addBias(out, x, bias, rows, channels): out[r, c] = x[r, c] + bias[c]. */
export function addBias(): BuiltFunction {
  const f = new FunctionBuilder('addBias', new Array(5).fill('i32'));
  const [out, x, bias, rows, channels] = [0, 1, 2, 3, 4] as const;
  const [at, left] = [f.local('i32'), f.local('i32')];
  const block = (size: number, load: typeof loadVector, store: typeof storeVector): Code =>
    countdown(
      left,
      size,
      seq(
        store(get(out), addVector(load(get(x)), load(get(at)))),
        ...[out, x, at].map((pointer) => advance(pointer, int(4 * size))),
      ),
    );
  const row = seq(
    set(at, get(bias)),
    set(left, get(channels)),
    block(4, loadVector, storeVector),
    block(1, loadSplat, storeFirst),
  );
  return { builder: f, body: countdown(rows, 1, row) };
}

const INSIDE = {
  reluGradient: (y: Code) => greaterVector(y, zeroVector),
  relu6Gradient: (y: Code) => andVector(greaterVector(y, zeroVector), lessVector(y, vectorOf(6))),
};

/**
 * reluGradient, relu6Gradient (out, y, dy, count): dy where the activation rises, else 0; y is its input or its output,
 * which lie between the bounds together.
 */
export function activationGradient(name: keyof typeof INSIDE): BuiltFunction {
  const f = new FunctionBuilder(name, new Array(4).fill('i32'));
  const y = f.local('v128');
  const body = overElements(0, [1, 2], 3, (value, dy) => seq(set(y, value!), andVector(dy!, INSIDE[name](get(y)))));
  return { builder: f, body };
}
