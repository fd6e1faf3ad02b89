/** `onnxruntime-web`: the forward pass of a case whose weights are written into an ONNX graph. It does not train. */

import wasm from 'onnxruntime-web/ort-wasm-simd-threaded.asyncify.wasm?url';
import * as ort from 'onnxruntime-web/webgpu';
import { version } from '../../../node_modules/onnxruntime-web/package.json';
import type { BenchBatch, BenchCase } from '../../../src/bench/cases.ts';
import type { Contender } from '../../../src/bench/contender.ts';
import { permute } from '../../../src/nn/layout.ts';
import { profile } from '../../../src/nn/profile.ts';
import type { BenchBackend } from '../../../src/protocol/bench.ts';
import { logitsOf, passes } from './forward.ts';
import { type Graph, type Node, onnxFile } from './onnx-file.ts';

/** Of images, [B, H, W, C] -> [B, C, H, W]. */
const TO_PLANES = [0, 3, 1, 2];
const dense = (name: string, from: string, output: string): Node => ({
  op: 'Gemm',
  inputs: [from, `${name}.weight`, `${name}.bias`],
  output,
});
const relu = (from: string): Node => ({ op: 'Relu', inputs: [from], output: `${from}.relu` });

function layersOf({ model }: BenchCase): readonly Node[] {
  if (model === 'mlp')
    return [
      dense('fc1', 'features', 'h1'),
      relu('h1'),
      dense('fc2', 'h1.relu', 'h2'),
      relu('h2'),
      dense('fc3', 'h2.relu', 'logits'),
    ];
  if (model !== 'digits-cnn') throw new Error(`${model} is not written for it.`);
  const convolutions = [1, 2, 2, 2].flatMap((stride, i): Node[] => [
    {
      op: 'Conv',
      inputs: [i === 0 ? 'pixels' : `c${i}.relu`, `conv${i + 1}.weight`, `conv${i + 1}.bias`],
      output: `c${i + 1}`,
      attributes: { strides: [stride, stride], pads: [1, 1, 1, 1], kernel_shape: [3, 3] },
    },
    relu(`c${i + 1}`),
  ]);
  return [
    ...convolutions,
    // the dense layer reads its rows as they lie in our own layout
    { op: 'Transpose', inputs: ['c4.relu'], output: 'rows', attributes: { perm: [0, 2, 3, 1] } },
    { op: 'Flatten', inputs: ['rows'], output: 'flat' },
    dense('fc1', 'flat', 'h'),
    relu('h'),
    dense('classifier', 'h.relu', 'logits'),
  ];
}

/** Images as the graph takes them; rows as they are. */
const given = (data: Float32Array, shape: readonly number[]) =>
  shape.length === 4 ? permute(data, shape, TO_PLANES) : { data, shape };

const inputOf = ({ inputs }: BenchBatch) => {
  const [[name, { data, shape }]] = Object.entries(inputs) as [[string, BenchBatch['inputs'][string]]];
  return { name, ...given(data as Float32Array, shape) };
};

/** Kernels [H, W, C, O] as the graph takes them, [O, C, H, W]; all else as it is. */
const kernelOf = (data: Float32Array, shape: readonly number[]) =>
  shape.length === 4 ? permute(data, shape, [3, 2, 0, 1]) : { data, shape };

function graphOf(o: BenchCase): Graph {
  const { name, shape } = inputOf(o.batches[0]!);
  const weights = [...profile(o.architecture).weights].map(
    ([weight, { shape: own }]) => [weight, kernelOf(o.values.get(weight)! as Float32Array, own)] as const,
  );
  return {
    input: { name, shape },
    output: { name: 'logits', shape: [shape[0]!, o.config.num_labels as number] },
    nodes: layersOf(o),
    weights: new Map(weights),
  };
}

export async function onnx(o: BenchCase, backend: BenchBackend): Promise<Contender> {
  ort.env.wasm.wasmPaths = { wasm };
  const session = await ort.InferenceSession.create(onnxFile(graphOf(o)), { executionProviders: [backend] });
  const tensors = o.batches.map((batch) => {
    const { name, data, shape } = inputOf(batch);
    return { [name]: new ort.Tensor('float32', data, [...shape]) };
  });
  let step = 0;
  const next = async () => {
    const { logits } = await session.run(tensors[step++ % tensors.length]!);
    return (await logits!.getData()) as Float32Array;
  };
  return {
    adapter: backend,
    version: `onnxruntime-web ${version}`,
    parameters: [...o.values.values()].reduce((sum, { length }) => sum + length, 0),
    losses: (steps) => logitsOf(steps, next),
    run: (steps) => passes(steps, next),
  };
}
