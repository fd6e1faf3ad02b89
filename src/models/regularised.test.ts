import { readFile } from 'node:fs/promises';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { startBackend } from '../nn/backends/index.ts';
import { upload } from '../nn/batch.ts';
import { type Architecture, stage } from '../nn/core.ts';
import { Network } from '../nn/network.ts';
import { profile } from '../nn/profile.ts';
import { regularised } from '../nn/regularise.ts';
import { forward } from '../nn/run.ts';
import { initial } from '../nn/weights.ts';
import { readVariant, VARIANTS } from './testing/language.ts';
import { valuesOf } from './testing.ts';
import '@tensorflow/tfjs-backend-cpu';

beforeAll(async () => {
  await startBackend('wasm');
});

const read = async (path: string) => new Uint8Array(await readFile(new URL(`../../${path}`, import.meta.url)));
const off = { dropout: 0, stochasticDepth: 0 };

/** Logits under the tape of a training step; without `step`, as in evaluation. */
function logitsOf(network: Network, inputs: Parameters<typeof upload>[0], step?: number): Float32Array {
  return tf.tidy(() => {
    const ops = network.ops(step === undefined ? {} : { random: { seed: 7, step } });
    const { output, stages } = network.architecture;
    return forward(stages, ops, upload(inputs))[output]!.dataSync() as Float32Array;
  });
}

describe.each(VARIANTS)('$variant', (variant) => {
  it.each([
    ['dropout', { dropout: 0.4, stochasticDepth: 0 }],
    ['stochasticDepth', { dropout: 0, stochasticDepth: 0.6 }],
  ] as const)('%s is off in evaluation, drawn by step in training, and adds no weight', async (_, o) => {
    const { architecture, weights, inputs } = await readVariant(variant, read);
    expect(regularised(architecture, architecture, off)).toBe(architecture);
    const changed = regularised(architecture, architecture, o);
    expect([...profile(changed).weights.keys()]).toEqual([...profile(architecture).weights.keys()]);
    const values = valuesOf(architecture, weights);
    const [plain, network] = [new Network(architecture, values), new Network(changed, values)];
    expect(logitsOf(network, inputs)).toEqual(logitsOf(plain, inputs));
    const first = logitsOf(network, inputs, 3);
    expect(first).not.toEqual(logitsOf(plain, inputs, 3));
    expect(logitsOf(network, inputs, 3)).toEqual(first);
    expect(logitsOf(network, inputs, 4)).not.toEqual(first);
    plain.dispose();
    network.dispose();
  });
});

describe('a small network of blocks', () => {
  const BLOCKS = 4;
  const blocks: Architecture = {
    inputs: { x: { shape: ['B', 3], dtype: 'float32' } },
    output: 'logits',
    stages: [
      stage({
        name: 'blocks',
        reads: ['x'],
        writes: ['x'],
        run(ops, v) {
          let { x } = v;
          // each branch is 10 to the power of its number
          for (let i = 0; i < BLOCKS; i++) x = ops.residual(`block.${i}`, x, ops.mul(v.x, 10 ** i));
          return { x };
        },
      }),
      stage({
        name: 'head',
        reads: ['x'],
        writes: ['logits'],
        run: (ops, v) => ({ logits: ops.linear('head', v.x, { out: 3, bias: false }) }),
      }),
    ],
  };
  const rows = 4000;
  const inputs = { x: { data: new Float32Array(3 * rows).fill(1), shape: [rows, 3], dtype: 'float32' } } as const;
  const { weights } = profile(blocks);
  const values = new Map([...weights].map(([name, spec]) => [name, initial(name, spec, 1)]));
  values.set('head.weight', Float32Array.of(1, 0, 0, 0, 1, 0, 0, 0, 1));

  it('drops branches of whole examples, the later the likelier, and keeps their mean', () => {
    const network = new Network(regularised(blocks, blocks, { dropout: 0, stochasticDepth: 0.8 }), values);
    const logits = logitsOf(network, inputs, 0);
    network.dispose();
    for (let i = 0; i < rows; i++) expect(new Set(logits.subarray(3 * i, 3 * i + 3)).size).toBe(1);
    const dropped = new Array<number>(BLOCKS).fill(0);
    for (let row = 0; row < rows; row++) {
      let left = logits[3 * row]! - 1;
      for (let i = BLOCKS - 1; i >= 0; i--) {
        const kept = left > 10 ** i;
        if (kept) left -= 10 ** i / (1 - ((i + 1) / BLOCKS) * 0.8);
        else dropped[i]!++;
      }
      expect(Math.abs(left)).toBeLessThan(0.01);
    }
    dropped.forEach((count, i) => {
      expect(Math.abs(count / rows - 0.2 * (i + 1))).toBeLessThan(0.03);
    });
  });

  it('dropout comes before a head that has none', () => {
    const network = new Network(regularised(blocks, blocks, { dropout: 0.25, stochasticDepth: 0 }), values);
    const logits = logitsOf(network, inputs, 0);
    network.dispose();
    const zeros = logits.filter((value) => value === 0).length / logits.length;
    expect(Math.abs(zeros - 0.25)).toBeLessThan(0.02);
    expect(Math.abs(logits.reduce((sum, value) => sum + value, 0) / logits.length / 1112 - 1)).toBeLessThan(0.02);
  });
});
