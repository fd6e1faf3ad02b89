import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { mlp } from '../bench/mlp.ts';
import { MODEL_ENGINES } from '../models/engines.ts';
import type { Architecture } from './core.ts';
import { profile } from './profile.ts';
import { stepFlops } from './step-flops.ts';

const allOf = (architecture: Architecture, sizes: Readonly<Record<string, number>>) =>
  new Set(profile(architecture, sizes).weights.keys());

describe('operations of a step', () => {
  it('are those of dense layers by hand', () => {
    const network = mlp([32, 64, 64, 2]);
    const all = allOf(network, { B: 32 });
    const products = [32 * 64, 64 * 64, 64 * 2].map((size) => 2 * 32 * size);
    const forward = products.reduce((sum, one) => sum + one);
    // twice as much back, but for the first layer: nobody asks for a gradient of the data
    expect(stepFlops(network, { B: 32 }, all)).toEqual({ forward, backward: 2 * forward - products[0]! });
    // the head alone: its weights' gradient, and nothing behind it
    const head = new Set(['fc3.weight', 'fc3.bias']);
    expect(stepFlops(network, { B: 32 }, head)).toEqual({ forward, backward: products[2]! });
    // in front of it a cached prefix
    expect(stepFlops(network, { B: 32 }, head, 2)).toEqual({ forward: products[2]!, backward: products[2]! });
  });

  it('are six a parameter and token, and twelve a layer, width and pair of places, of GPT-2', () => {
    const [vocabulary, width, layers, B, T] = [50257, 768, 12, 4, 128];
    const config = {
      ...{ architecture: 'gpt2', num_labels: 0, vocab_size: vocabulary, n_positions: 1024 },
      ...{ n_embd: width, n_layer: layers, n_head: 12, embd_pdrop: 0, attn_pdrop: 0, resid_pdrop: 0 },
    } as const;
    const gpt2 = MODEL_ENGINES.gpt2.architecture(config);
    const { forward, backward } = stepFlops(gpt2, { B, T }, allOf(gpt2, { B, T }));
    // Chowdhery et al. 2022, appendix B: N without the embeddings, but with the head, which is the table of tokens
    const N = 12 * layers * width ** 2 + vocabulary * width;
    const expected = (6 * N + 12 * layers * width * T) * B * T;
    expect(forward + backward).toBe(expected);
    expect(backward).toBe(2 * forward);
  });

  it('are 0.39 billion multiply-adds for a picture in EfficientNet-Lite0', () => {
    const config = JSON.parse(readFileSync('public/models/efficientnet-lite0/config.json', 'utf8'));
    const network = MODEL_ENGINES['efficientnet-lite'].architecture({ ...config, num_labels: 1000 });
    const { forward, backward } = stepFlops(network, { B: 1 }, new Set());
    // by hand: stem, blocks of expansion, depthwise convolution and projection, head and classifier
    let side = 112;
    let multiplied = side ** 2 * 9 * 3 * 32;
    for (const block of config.blocks)
      for (let i = 0; i < block.repeats; i++) {
        const inside = i === 0 ? block.in : block.out;
        const wide = inside * block.expand;
        if (block.expand > 1) multiplied += side ** 2 * inside * wide;
        if (i === 0) side = Math.ceil(side / block.stride);
        multiplied += side ** 2 * wide * (block.kernel ** 2 + block.out);
      }
    multiplied += side ** 2 * 320 * 1280 + 1280 * 1000;
    expect(forward).toBe(2 * multiplied);
    expect(backward).toBe(0);
    // its authors say 407M with what is done element by element (tensorflow/tpu, efficientnet/lite)
    expect(Math.abs(multiplied / 407e6 - 1)).toBeLessThan(0.06);
  });
});
