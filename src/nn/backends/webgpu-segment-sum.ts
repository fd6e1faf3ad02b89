import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import {
  Fill,
  getKernel,
  type KernelFunc,
  registerKernel,
  type TensorInfo,
  UnsortedSegmentSum,
  unregisterKernel,
  util,
} from '@tensorflow/tfjs-core';

type Program = Parameters<WebGPUBackend['runWebGPUProgram']>[0];
type Kernel = (args: { inputs?: object; attrs: object; backend: WebGPUBackend }) => TensorInfo;

interface SegmentSumArgs {
  inputs: { x: TensorInfo; segmentIds: TensorInfo };
  attrs: { numSegments: number };
  backend: WebGPUBackend;
}

const kernel = (name: string): Kernel => getKernel(name, 'webgpu')!.kernelFunc as unknown as Kernel;

/** Threads of a workgroup: columns that are summed side by side. */
const COLUMNS = 64;

/** x [n, width] and segmentIds [n] -> result [segments, width], which holds zeros: one thread a column, row after row. */
const program = (segments: number, width: number): Program => ({
  variableNames: ['x', 'segmentIds'],
  outputShape: [segments, width],
  workgroupSize: [COLUMNS, 1, 1],
  dispatchLayout: { x: [0] },
  dispatch: [Math.ceil(width / COLUMNS), 1, 1],
  shaderKey: 'segmentSumByColumn',
  getUserCode: () => `
    fn main(column : i32) {
      let segments = uniforms.outShape[0];
      let width = uniforms.outShape[1];
      if (column < width) {
        for (var row = 0; row < uniforms.xShape[0]; row = row + 1) {
          let segment = i32(segmentIds[row]);
          if (segment >= 0 && segment < segments) {
            let at = segment * width + column;
            result[at] = result[at] + x[row * width + column];
          }
        }
      }
    }`,
});

let registered = false;

/**
 * Sums rows by id: the gradient of a table of embeddings. The stock kernel of TensorFlow.js 4.22 adds with atomics, in
 * an order that differs from run to run, transposes the whole table twice, and takes an id beyond the last for another;
 * ours sums in the order of the rows, so that one seed repeats a run, and leaves such ids out.
 */
export function registerSegmentSum(): void {
  if (registered) return;
  registered = true;
  const stock = kernel(UnsortedSegmentSum);
  const segmentSum = (args: SegmentSumArgs): TensorInfo => {
    const { inputs, attrs, backend } = args;
    const { x, segmentIds } = inputs;
    if (x.dtype !== 'float32') return stock(args);
    const inner = x.shape.slice(segmentIds.shape.length);
    const [rows, width] = [util.sizeFromShape(segmentIds.shape), util.sizeFromShape(inner)];
    const shape = [attrs.numSegments, width];
    const out = kernel(Fill)({ backend, attrs: { shape, value: 0, dtype: 'float32' } });
    const flat = { ...x, shape: [rows, width] };
    backend.runWebGPUProgram(
      program(attrs.numSegments, width),
      [flat, { ...segmentIds, shape: [rows] }],
      'float32',
      undefined,
      out,
    );
    return { ...out, shape: [attrs.numSegments, ...inner] };
  };
  unregisterKernel(UnsortedSegmentSum, 'webgpu');
  registerKernel({
    kernelName: UnsortedSegmentSum,
    backendName: 'webgpu',
    kernelFunc: segmentSum as unknown as KernelFunc,
  });
}
