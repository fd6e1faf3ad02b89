/** Loops along channels that lie next to one another: four or sixteen at a time, the last few one by one. */
import {
  addFloat,
  addVector,
  advance,
  type Code,
  countdown,
  int,
  type Local,
  loadFloat,
  loadVector,
  mulAddVector,
  mulFloat,
  mulVector,
  seq,
  storeFloat,
  storeVector,
  subFloat,
  subVector,
  zeroFloat,
  zeroVector,
} from './assembler.ts';

/** Loads, arithmetic and stores of one width. */
export interface Width {
  channels: number;
  type: 'f32' | 'v128';
  load: (address: Code, offset?: number) => Code;
  store: (address: Code, value: Code, offset?: number) => Code;
  add: (a: Code, b: Code) => Code;
  sub: (a: Code, b: Code) => Code;
  mul: (a: Code, b: Code) => Code;
  /** a b + c */
  mulAdd: (a: Code, b: Code, c: Code) => Code;
  zero: Code;
}
const FLOAT: Width = {
  channels: 1,
  type: 'f32',
  load: loadFloat,
  store: storeFloat,
  add: addFloat,
  sub: subFloat,
  mul: mulFloat,
  mulAdd: (a, b, c) => addFloat(c, mulFloat(a, b)),
  zero: zeroFloat,
};
const VECTOR: Width = {
  channels: 4,
  type: 'v128',
  load: loadVector,
  store: storeVector,
  add: addVector,
  sub: subVector,
  mul: mulVector,
  mulAdd: mulAddVector,
  zero: zeroVector,
};

/** Runs `body` over blocks of 16, 4 and 1 channels, and moves the channel pointers after each. */
export function overChannels(
  channels: Local,
  pointers: readonly Local[],
  body: (width: Width, vectors: number) => Code,
): Code {
  const block = (width: Width, vectors: number): Code => {
    const count = width.channels * vectors;
    return countdown(
      channels,
      count,
      seq(body(width, vectors), ...pointers.map((pointer) => advance(pointer, int(4 * count)))),
    );
  };
  return seq(block(VECTOR, 4), block(VECTOR, 1), block(FLOAT, 1));
}

export const range = (count: number): number[] => Array.from({ length: count }, (_, i) => i);
