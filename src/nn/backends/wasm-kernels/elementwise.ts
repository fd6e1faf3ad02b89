import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import { Add, Exp, Multiply, Relu, Relu6, Sub, type TensorInfo } from '@tensorflow/tfjs-core';
import { RELU_GRAD, RELU6_GRAD } from '../activation-gradients.ts';
import { GELU_NEW, GELU_NEW_GRAD } from '../gelu-new.ts';
import { addressOf, type KernelArgs, replaceKernel, sizeOf, stockKernel } from './heap.ts';
import type { Task } from './routines.ts';
import type { SimdLoops } from './simd/loops.ts';
import { runTasks, shares, threadsOf } from './simd/module.ts';

type Loop = keyof SimdLoops;

/** out[i] = loop(inputs[i]), on all threads. */
export function overElements(backend: BackendWasm, loop: Loop, inputs: readonly TensorInfo[]): TensorInfo {
  const { shape } = inputs[0]!;
  const out = backend.makeOutput(shape, 'float32');
  const addresses = [out, ...inputs].map((tensor) => addressOf(backend, tensor));
  const tasks = shares(backend, sizeOf(shape)).map(
    ([first, count]): Task => [loop, [...addresses.map((address) => address + 4 * first), count]],
  );
  runTasks(backend, tasks);
  return out;
}

/** e^x, to 2e-7 of its value. The stock kernel calls the C library for each element. */
export const exponential = (args: KernelArgs): TensorInfo =>
  args.inputs.x!.dtype === 'float32'
    ? overElements(args.backend, 'exponential', [args.inputs.x!])
    : stockKernel(Exp)(args);

export const geluNew = ({ inputs, backend }: KernelArgs): TensorInfo => overElements(backend, 'geluNew', [inputs.x!]);

export const geluNewGrad = ({ inputs, backend }: KernelArgs): TensorInfo =>
  overElements(backend, 'geluNewGrad', [inputs.x!, inputs.dy!]);

/** dy where x is between the activation's bounds. */
const activationGradient =
  (loop: Loop) =>
  ({ inputs, backend }: KernelArgs): TensorInfo =>
    overElements(backend, loop, [inputs.x!, inputs.dy!]);
const reluGrad = activationGradient('reluGradient');
const relu6Grad = activationGradient('relu6Gradient');

/** An activation of floats on all threads; one thread leaves it to XNNPACK. */
const activation =
  (name: string, loop: Loop) =>
  (args: KernelArgs): TensorInfo =>
    threadsOf(args.backend) === 1 || args.inputs.x!.dtype !== 'float32'
      ? stockKernel(name)(args)
      : overElements(args.backend, loop, [args.inputs.x!]);
const relu = activation(Relu, 'relu');
const relu6 = activation(Relu6, 'relu6');

const sameShape = (a: TensorInfo, b: TensorInfo): boolean =>
  a.shape.length === b.shape.length && a.shape.every((size, i) => size === b.shape[i]);

/** x [..., channels] + bias [channels] */
function addBias(backend: BackendWasm, x: TensorInfo, bias: TensorInfo): TensorInfo {
  const channels = sizeOf(bias.shape);
  const out = backend.makeOutput(x.shape, 'float32');
  const [to, from, at] = [out, x, bias].map((tensor) => addressOf(backend, tensor)) as [number, number, number];
  const tasks = shares(backend, sizeOf(x.shape) / channels, channels).map(([first, rows]): Task => {
    const offset = 4 * first * channels;
    return ['addBias', [to + offset, from + offset, at, rows, channels]];
  });
  runTasks(backend, tasks);
  return out;
}

/** Sums, differences and products of floats of one shape, and a bias, on all threads; others, and one thread's, are XNNPACK's. */
const binary =
  (name: string, loop: Loop) =>
  (args: KernelArgs): TensorInfo => {
    const { inputs, backend } = args;
    const [a, b] = [inputs.a!, inputs.b!];
    const floats = a.dtype === 'float32' && b.dtype === 'float32';
    if (threadsOf(backend) === 1 || !floats) return stockKernel(name)(args);
    if (sameShape(a, b)) return overElements(backend, loop, [a, b]);
    const bias = name === Add && b.shape.length === 1 && b.shape[0]! > 1 && a.shape.at(-1) === b.shape[0];
    return bias ? addBias(backend, a, b) : stockKernel(name)(args);
  };
const add = binary(Add, 'addVectors');
const sub = binary(Sub, 'subVectors');
const multiply = binary(Multiply, 'mulVectors');

export function registerElementwise(): void {
  replaceKernel(Exp, exponential);
  replaceKernel(GELU_NEW, geluNew);
  replaceKernel(GELU_NEW_GRAD, geluNewGrad);
  replaceKernel(RELU_GRAD, reluGrad);
  replaceKernel(RELU6_GRAD, relu6Grad);
  replaceKernel(Relu, relu);
  replaceKernel(Relu6, relu6);
  replaceKernel(Add, add);
  replaceKernel(Sub, sub);
  replaceKernel(Multiply, multiply);
}
