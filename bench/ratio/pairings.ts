import type { Pairing } from './page.ts';

/** `small` for everything: what a software adapter does in seconds. */
const scale = 'small';

/** Of what does not train, the forward pass. */
const forward = { scale, peer: 'onnx', ours: 'ours, forward' } as const;

/** What is measured, cheapest first. Ours trains on WebGPU and WebAssembly; WebGL and `cpu` meet what the studio would use there. */
export const PAIRINGS: readonly Pairing[] = [
  { model: 'mlp', scale, peer: 'stock-fit', backend: 'webgpu' },
  { model: 'mlp', scale, peer: 'stock-loop', backend: 'webgpu' },
  { model: 'mlp', scale, peer: 'jax', backend: 'webgpu' },
  { model: 'mlp', scale, peer: 'stock-fit', backend: 'wasm' },
  { model: 'mlp', scale, peer: 'jax', backend: 'wasm' },
  { model: 'mlp', scale, peer: 'stock-loop', backend: 'wasm' },
  { model: 'mlp', scale, peer: 'stock-loop', backend: 'webgl', oursOn: 'wasm' },
  { model: 'mlp', scale, peer: 'stock-fit', backend: 'cpu', oursOn: 'wasm' },
  { ...forward, model: 'mlp', backend: 'webgpu' },
  { ...forward, model: 'mlp', backend: 'wasm' },
  { ...forward, model: 'digits-cnn', backend: 'webgpu' },
  { ...forward, model: 'digits-cnn', backend: 'wasm' },
  { model: 'digits-cnn', scale, peer: 'stock-fit', backend: 'webgpu' },
  { model: 'digits-cnn', scale, peer: 'stock-loop', backend: 'webgpu' },
  { model: 'digits-cnn', scale, peer: 'stock-loop', backend: 'wasm' },
  { model: 'digits-cnn', scale, peer: 'stock-fit', backend: 'webgl', oursOn: 'wasm' },
  { model: 'digits-cnn', scale, peer: 'stock-fit', backend: 'cpu', oursOn: 'wasm' },
  { model: 'gpt-4l', scale, peer: 'stock-loop', backend: 'webgpu' },
  { model: 'gpt-4l', scale, peer: 'nanogpt', backend: 'webgpu' },
  { model: 'gpt-4l', scale, peer: 'jax', backend: 'webgpu' },
  { model: 'gpt-4l', scale, peer: 'stock-loop', backend: 'wasm' },
  { model: 'gpt-4l', scale, peer: 'jax', backend: 'wasm' },
  { model: 'gpt-4l', scale, peer: 'stock-loop', backend: 'webgl', oursOn: 'wasm' },
  { model: 'gpt-4l', scale, peer: 'stock-loop', backend: 'cpu', oursOn: 'wasm' },
  { model: 'minilm', scale, peer: 'stock-loop', backend: 'webgpu' },
  { model: 'minilm', scale, peer: 'stock-loop', backend: 'wasm' },
  { model: 'minilm', scale, peer: 'stock-loop', backend: 'cpu', oursOn: 'wasm' },
  { model: 'efficientnet', scale, peer: 'stock-loop', backend: 'webgpu' },
  { model: 'efficientnet', scale, peer: 'stock-loop', backend: 'wasm' },
  { model: 'efficientnet', scale, peer: 'stock-loop', backend: 'cpu', oursOn: 'wasm' },
];
