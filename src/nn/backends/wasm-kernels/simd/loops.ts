import { adamw } from './adamw.ts';
import { activation, activationGradient, addBias, binary } from './arithmetic.ts';
import { assemble, type BuiltFunction } from './assembler.ts';
import { depthwiseRow } from './depthwise.ts';
import { exponential, geluNew, geluNewGrad } from './elementwise.ts';
import { layerNorm, layerNormGrad, layerNormWeightGrad } from './layer-norm.ts';
import { multiplyPanel, packPanel } from './product.ts';
import { addProducts, addRuns, addScaled, sumRows } from './rows.ts';

type Numbers<N extends number, A extends number[] = []> = A['length'] extends N ? A : Numbers<N, [...A, number]>;
type Loop<N extends number> = (...args: Numbers<N>) => void;

/** All arguments are addresses, counts, strides in bytes, or floats; see the function that builds each. */
export interface SimdLoops {
  pack: Loop<5>;
  packTransposed: Loop<5>;
  multiply: Loop<10>;
  multiplyTransposed: Loop<10>;
  sumRows: Loop<5>;
  addProducts: Loop<7>;
  addScaled: Loop<7>;
  addRuns: Loop<6>;
  depthwiseRow: Loop<11>;
  addVectors: Loop<4>;
  subVectors: Loop<4>;
  mulVectors: Loop<4>;
  addBias: Loop<5>;
  relu: Loop<3>;
  relu6: Loop<3>;
  reluGradient: Loop<4>;
  relu6Gradient: Loop<4>;
  adamw: Loop<17>;
  exponential: Loop<3>;
  geluNew: Loop<3>;
  geluNewGrad: Loop<4>;
  layerNorm: Loop<7>;
  layerNormGrad: Loop<7>;
  layerNormWeightGrad: Loop<6>;
}

const functions = (): BuiltFunction[] => [
  packPanel(false),
  packPanel(true),
  multiplyPanel(false),
  multiplyPanel(true),
  sumRows(),
  addProducts(),
  addScaled(),
  addRuns(),
  depthwiseRow(),
  binary('addVectors'),
  binary('subVectors'),
  binary('mulVectors'),
  addBias(),
  activation('relu'),
  activation('relu6'),
  activationGradient('reluGradient'),
  activationGradient('relu6Gradient'),
  adamw(),
  exponential(),
  geluNew(),
  geluNewGrad(),
  layerNorm(),
  layerNormGrad(),
  layerNormWeightGrad(),
];

/** All loops as one module (a few kilobytes, about a millisecond). */
export const compileLoops = (memory: WebAssembly.Memory): WebAssembly.Module =>
  new WebAssembly.Module(assemble(functions(), isShared(memory)));

export const isShared = ({ buffer }: WebAssembly.Memory): boolean =>
  typeof SharedArrayBuffer !== 'undefined' && (buffer as ArrayBufferLike) instanceof SharedArrayBuffer;

/** The loops over one memory; threads that share it have an instance each. */
export const loopsOn = (module: WebAssembly.Module, memory: WebAssembly.Memory): SimdLoops =>
  new WebAssembly.Instance(module, { env: { memory } }).exports as unknown as SimdLoops;
