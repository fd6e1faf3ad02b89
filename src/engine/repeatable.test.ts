import { describe, expect, it } from 'vitest';
import { profile } from '../nn/profile.ts';
import { architectureOf } from './model.ts';
import { unrepeatable } from './repeatable.ts';

const gpt = (width: number) => {
  const architecture = architectureOf({
    architecture: 'gpt2',
    num_labels: 1,
    vocab_size: 512,
    n_positions: 128,
    n_embd: width,
    n_layer: 1,
    n_head: 2,
    embd_pdrop: 0,
    attn_pdrop: 0,
    resid_pdrop: 0,
  });
  const shape = profile(architecture, { B: 1, T: 128 });
  return { profile: shape, trainable: new Set(shape.weights.keys()) };
};
const webgpu = { name: 'webgpu' } as const;

describe('what keeps a run from repeating', () => {
  it('are sums of many rows into narrow matrices, on WebGPU alone', () => {
    expect(unrepeatable(gpt(64), 32, webgpu)).toEqual(['MatMul']);
    expect(unrepeatable(gpt(64), 32, { name: 'wasm' })).toEqual([]);
    // 128 tokens are few rows
    expect(unrepeatable(gpt(64), 1, webgpu)).toEqual([]);
  });

  it('are not products that are wide, nor such as do not train', () => {
    expect(unrepeatable(gpt(768), 32, webgpu)).toEqual([]);
    const { trainable, ...frozen } = gpt(64);
    const norms = new Set([...trainable].filter((name) => name.includes('ln_')));
    expect(unrepeatable({ ...frozen, trainable: norms }, 32, webgpu)).toEqual([]);
  });
});
