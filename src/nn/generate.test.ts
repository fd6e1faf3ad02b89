import { readFile } from 'node:fs/promises';
import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { afterEach, describe, expect, it } from 'vitest';
import { drawToken } from '../lib/sampling.ts';
import { readVariant } from '../models/testing/language.ts';
import { greatestDifference, valuesOf } from '../models/testing.ts';
import { startBackend } from './backends/index.ts';
import { generate, Reader } from './generate.ts';
import { tensorCount } from './memory.ts';
import { Network } from './network.ts';

const folder = new URL('../../', import.meta.url);
const read = async (path: string) => new Uint8Array(await readFile(new URL(path, folder)));
/** Two layers, 61 tokens, a context of 12. */
const variant = await readVariant({ family: 'gpt2', variant: 'gpt2' }, read);
const VOCABULARY = 61;
const CONTEXT = 12;
const TEXT = [3, 14, 15, 9, 26, 5, 35, 8, 60, 7, 9, 32];

/** Drawn, as the likeliest token of this network is always the same. */
const draw = (logits: Float32Array, step: number): number =>
  drawToken(logits, { temperature: 12, topK: 0, topP: 1, seed: 3 }, step);

const open: Network[] = [];
const gpt2 = (): Network => {
  const network = new Network(variant.architecture, valuesOf(variant.architecture, variant.weights));
  open.push(network);
  return network;
};
afterEach(() => {
  for (const network of open.splice(0)) network.dispose();
});

/** Logits of every token, the text read at once: [T, V]. */
const atOnce = async (network: Network, ids: readonly number[]): Promise<Float32Array> =>
  network.logits({
    kind: 'arrays',
    batch: { ids: { data: Int32Array.from(ids), shape: [1, ids.length], dtype: 'int32' } },
  });

const course = (network: Network, o: { prompt: number[]; most: number; ends?: number[] }) => {
  const reader = new Reader(() => network);
  const steps = generate(reader, { context: CONTEXT, draw, ...o, ends: new Set(o.ends) });
  return { reader, steps };
};

async function written(network: Network, o: Parameters<typeof course>[1]) {
  const { reader, steps } = course(network, o);
  const ids: number[] = [];
  for (;;) {
    const { value, done } = await steps.next();
    if (done) {
      reader.dispose();
      return { ids, finish: value };
    }
    ids.push(value);
  }
}

describe.each(['wasm', 'cpu'])('on %s', (backend) => {
  const start = async () => {
    if (backend === 'wasm') await startBackend('wasm');
    else await tf.setBackend('cpu');
    expect(tf.getBackend()).toBe(backend);
  };

  it.each([1, 2, 5, 12])('reading in parts gives what reading at once gives: the first part has %i', async (first) => {
    await start();
    const network = gpt2();
    const whole = await atOnce(network, TEXT);
    const reader = new Reader(() => network);
    for (let from = 0; from < TEXT.length; from = reader.length) {
      const part = TEXT.slice(from, from === 0 ? first : from + 1);
      const logits = await reader.read(part);
      const last = (from + part.length - 1) * VOCABULARY;
      expect(greatestDifference(logits, whole.subarray(last, last + VOCABULARY))).toBeLessThan(1e-4);
    }
    expect(reader.length).toBe(TEXT.length);
    reader.dispose();
  });
});

describe('a text that a network writes', () => {
  it('is the one that it would write reading everything anew for each token', async () => {
    await startBackend('wasm');
    const network = gpt2();
    const ids = TEXT.slice(0, 3);
    for (let step = 0; step < 9; step++) ids.push(draw((await atOnce(network, ids)).slice(-VOCABULARY), step));
    const { ids: ours } = await written(network, { prompt: TEXT.slice(0, 3), most: 9 });
    expect(ours).toEqual(ids.slice(3));
    expect(new Set(ours).size).toBeGreaterThan(4);
  });

  it('ends at its length, where no room is left, or at an end token, which is none of it', async () => {
    await startBackend('wasm');
    const network = gpt2();
    const free = await written(network, { prompt: TEXT.slice(0, 3), most: 5 });
    expect(free).toMatchObject({ finish: 'length', ids: { length: 5 } });
    // twelve tokens are read, and what follows the twelfth is still known
    const full = await written(network, { prompt: TEXT.slice(0, 3), most: 99 });
    expect(full).toMatchObject({ finish: 'context', ids: { length: 10 } });
    const ended = await written(network, { prompt: TEXT.slice(0, 3), most: 99, ends: [free.ids[2]!] });
    expect(ended.finish).toBe('end');
    expect(ended.ids).toEqual(free.ids.slice(0, 2));
  });

  it('leaves no tensor behind, whether it ends or is given up', async () => {
    await startBackend('wasm');
    const network = gpt2();
    const prompt = TEXT.slice(0, 3);
    await written(network, { prompt, most: 2 });
    const before = tensorCount();
    await written(network, { prompt, most: 8 });
    expect(tensorCount()).toBe(before);
    const { reader, steps } = course(network, { prompt, most: 8 });
    await steps.next();
    await steps.next();
    // keys and values of two layers, and the lengths that became constants
    expect(tensorCount()).toBeGreaterThan(before + 3);
    reader.dispose();
    expect(tensorCount()).toBe(before);
  });

  it('goes on when another network of the same weights takes the place', async () => {
    await startBackend('wasm');
    const [one, other] = [gpt2(), gpt2()];
    const straight = await written(one, { prompt: TEXT.slice(0, 3), most: 6 });
    let turn = 0;
    const reader = new Reader(() => [one, other][turn++ % 2]!);
    const ids: number[] = [];
    for await (const id of generate(reader, {
      prompt: TEXT.slice(0, 3),
      most: 6,
      context: CONTEXT,
      ends: new Set(),
      draw,
    }))
      ids.push(id);
    reader.dispose();
    expect(ids).toEqual(straight.ids);
  });
});
