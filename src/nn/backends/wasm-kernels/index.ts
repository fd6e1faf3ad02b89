import { registerAdamw } from './adamw.ts';
import { registerBatchMatMul } from './batch-mat-mul.ts';
import { registerConv2d } from './conv2d.ts';
import { registerConv2dBackpropFilter } from './conv2d-backprop-filter.ts';
import { registerConv2dBackpropInput } from './conv2d-backprop-input.ts';
import { registerDepthwise } from './depthwise.ts';
import { registerElementwise } from './elementwise.ts';
import { registerFusedMatMul } from './fused-mat-mul.ts';
import { registerIdentity } from './identity.ts';
import { registerLayerNorm } from './layer-norm.ts';
import { registerMaxPoolGrad } from './max-pool-grad.ts';
import { registerSums } from './sums.ts';
import { registerTile } from './tile.ts';
import { registerUnsortedSegmentSum } from './unsorted-segment-sum.ts';

/** Registers, for TensorFlow.js's WebAssembly backend, the kernels of training that it lacks, has wrong or has slow. */
export function registerWasmKernels(): void {
  registerAdamw();
  registerBatchMatMul();
  registerConv2d();
  registerConv2dBackpropFilter();
  registerConv2dBackpropInput();
  registerDepthwise();
  registerElementwise();
  registerFusedMatMul();
  registerIdentity();
  registerLayerNorm();
  registerMaxPoolGrad();
  registerSums();
  registerTile();
  registerUnsortedSegmentSum();
}
