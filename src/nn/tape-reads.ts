/** Whether an operand depends on what gradients are taken of. */
type Moves = (operand: string) => boolean;
/** Operands, and `y` for the result. */
type Reads = (moves: Moves) => readonly string[];

const nothing: Reads = () => [];
const all =
  (...names: string[]): Reads =>
  () =>
    names;
/** dA is made of B, and dB of A. */
const crossed =
  (a: string, b: string): Reads =>
  (moves) => [...(moves(b) ? [a] : []), ...(moves(a) ? [b] : [])];

/**
 * Whose values the gradient of a TensorFlow.js kernel reads, where something that it depends on moves. The tape saves
 * more: many gradients ask for an operand to learn its shape, and a product for both operands where one of them is frozen.
 * What a step keeps (`tape.ts`) and what is said of it beforehand (`step-memory.ts`) both come from here.
 */
export const GRADIENT_READS = {
  Add: nothing,
  Sub: nothing,
  Neg: nothing,
  Cast: nothing,
  Sum: nothing,
  Mean: nothing,
  Reshape: nothing,
  Transpose: nothing,
  Slice: nothing,
  Concat: nothing,
  Tile: nothing,
  Multiply: crossed('a', 'b'),
  RealDiv: (moves) => (moves('b') ? ['a', 'b'] : ['b']),
  Maximum: all('a', 'b'),
  Minimum: all('a', 'b'),
  LessEqual: all('a', 'b'),
  Select: all('condition'),
  Exp: all('y'),
  Sqrt: all('x'),
  Rsqrt: all('x'),
  Tanh: all('y'),
  Erf: all('x'),
  Relu: all('x'),
  Relu6: all('x'),
  Sigmoid: all('y'),
  Softmax: all('y'),
  GeluNew: all('x'),
  LayerNorm: all('x', 'weight'),
  GatherV2: all('indices'),
  BatchMatMul: crossed('a', 'b'),
  Conv2D: crossed('x', 'filter'),
  DepthwiseConv2dNative: crossed('x', 'filter'),
  MaxPool: all('x', 'y'),
  AvgPool: all('x'),
} as const satisfies Record<string, Reads>;

export type TapedKernel = keyof typeof GRADIENT_READS;

export const isListed = (kernel: string): kernel is TapedKernel => Object.hasOwn(GRADIENT_READS, kernel);
