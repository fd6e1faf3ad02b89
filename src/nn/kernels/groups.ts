/** What each kernel of a step is there for: one line a kernel. */
import type { KernelGroup } from '../../protocol/step-profile.ts';

/** Ours, by what their keys begin with. A kernel without a line here fails a test. */
const OURS: Readonly<Record<string, KernelGroup>> = {
  linear: 'product',
  conv: 'convolution',
  convLowRank: 'convolution',
  attention: 'attention',
  rope: 'attention',
  norm: 'norm',
  embed: 'embedding',
  crossEntropy: 'loss',
  optimizer: 'optimizer',
  clip: 'optimizer',
  dropout: 'elementwise',
  sum: 'elementwise',
  maskedMean: 'other',
  pixelMean: 'other',
  packed: 'other',
};

/**
 * TensorFlow.js's operations, which WebAssembly runs, by name. The products of attention are products there, and a loss is
 * composed of operations element by element.
 */
const STOCK: Readonly<Record<string, KernelGroup>> = {
  BatchMatMul: 'product',
  _FusedMatMul: 'product',
  Conv2D: 'convolution',
  FusedConv2D: 'convolution',
  Conv2DBackpropInput: 'convolution',
  Conv2DBackpropFilter: 'convolution',
  DepthwiseConv2dNative: 'convolution',
  FusedDepthwiseConv2D: 'convolution',
  DepthwiseConv2dNativeBackpropInput: 'convolution',
  DepthwiseConv2dNativeBackpropFilter: 'convolution',
  Softmax: 'attention',
  LayerNorm: 'norm',
  LayerNormGrad: 'norm',
  LayerNormWeightGrad: 'norm',
  FusedBatchNorm: 'norm',
  GatherV2: 'embedding',
  UnsortedSegmentSum: 'embedding',
  OneHot: 'embedding',
  LogSoftmax: 'loss',
  AdamW: 'optimizer',
};

/** Element by element, on one or two tensors. */
const ELEMENTWISE = new Set(
  (
    'Add AddN Sub Multiply RealDiv Maximum Minimum Pow SquaredDifference Neg Abs Sign Square Sqrt Rsqrt Exp Log Sin Cos Relu ' +
    'Relu6 ReluGrad Relu6Grad Sigmoid Tanh Elu Erf GeluNew GeluNewGrad ClipByValue Select Greater GreaterEqual Less LessEqual ' +
    'Equal NotEqual LogicalAnd LogicalNot Step Cast'
  ).split(' '),
);

/** The group of a kernel's key or of an operation's name; undefined where nobody said it. */
export function groupOf(kernel: string): KernelGroup | undefined {
  const name = /^\w+/.exec(kernel)?.[0] ?? '';
  return OURS[name] ?? STOCK[name] ?? (ELEMENTWISE.has(name) ? 'elementwise' : undefined);
}
