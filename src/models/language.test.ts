import { readFile } from 'node:fs/promises';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { readSafetensors } from '../lib/safetensors.ts';
import { createTokenizer } from '../lib/tokenizer.ts';
import { startBackend } from '../nn/backends/index.ts';
import { tensorCount } from '../nn/memory.ts';
import { Network } from '../nn/network.ts';
import { SHIPPED_MODELS } from './metas.ts';
import {
  architectureOf,
  batchOf,
  gradientsOf,
  learnerOf,
  readVariant,
  rootMeanSquare,
  VARIANTS,
  type Variant,
} from './testing/language.ts';
import { greatestDifference, valuesOf } from './testing.ts';
import '@tensorflow/tfjs-backend-cpu';

const folder = new URL('../../', import.meta.url);
const read = async (path: string) => new Uint8Array(await readFile(new URL(path, folder)));
const json = async (path: string) => JSON.parse(new TextDecoder().decode(await read(path)));

beforeAll(async () => {
  await startBackend('wasm');
});

const logitsOf = async ({ architecture, weights }: Variant, batch: Variant['inputs']): Promise<Float32Array> => {
  const network = new Network(architecture, valuesOf(architecture, weights));
  const logits = (await network.logits({ kind: 'arrays', batch })).slice();
  network.dispose();
  return logits;
};

/** Row `row` of each input, its first `length` tokens: the text alone, without padding. */
const alone = (inputs: Variant['inputs'], row: number, length: number): Variant['inputs'] =>
  Object.fromEntries(
    Object.entries(inputs).map(([name, { data, shape, dtype }]) => {
      const start = row * shape[1]!;
      return [name, { data: data.slice(start, start + length), shape: [1, length], dtype }];
    }),
  );

describe.each(VARIANTS)('a small random $variant against transformers', (which) => {
  let variant: Variant;
  beforeAll(async () => {
    variant = await readVariant(which, read);
  });

  it.each(['wasm', 'cpu'])(
    'logits on %s: within 1e-4, they move with the input, and no tensor is left',
    async (name) => {
      await tf.setBackend(name);
      const before = tensorCount();
      const theirs = variant.expected.get('logits')!.data as Float32Array;
      const ours = await logitsOf(variant, variant.inputs);
      expect(greatestDifference(ours, theirs)).toBeLessThan(1e-4);
      const ids = variant.inputs.ids!;
      const other = { ...variant.inputs, ids: { ...ids, data: ids.data.map((id) => (id + 1) % 61) } };
      expect(greatestDifference(await logitsOf(variant, other as Variant['inputs']), ours)).toBeGreaterThan(0.2);
      expect(tensorCount()).toBe(before);
    },
  );

  it.each(['wasm', 'cpu'])('every gradient on %s, in PyTorch’s layout, within 1e-3', async (name) => {
    await tf.setBackend(name);
    const learner = learnerOf(variant);
    const { gradients } = await gradientsOf(variant, learner);
    learner.dispose();
    const names = [...variant.expected.keys()].filter((key) => key.startsWith('gradient/'));
    expect([...gradients.keys()].toSorted()).toEqual(names.map((key) => key.slice('gradient/'.length)).toSorted());
    for (const [weight, ours] of gradients) {
      const theirs = variant.expected.get(`gradient/${weight}`)!.data as Float32Array;
      // softmax does not see what all keys have in common: the gradient of their bias is zero
      const isKeyBias = /\.(key|k_lin)\.bias$/.test(weight);
      const scale = isKeyBias ? 1 : rootMeanSquare(theirs);
      expect(scale, weight).toBeGreaterThan(0);
      expect(greatestDifference(ours, theirs) / scale, weight).toBeLessThan(isKeyBias ? 1e-6 : 1e-3);
    }
  });

  it('gives a text the same answer alone and padded in a batch', async () => {
    await tf.setBackend('wasm');
    const mask = variant.expected.get('mask')!;
    const width = mask.shape[1]!;
    const all = await logitsOf(variant, variant.inputs);
    for (let row = 0; row < mask.shape[0]!; row++) {
      const length = Array.from(mask.data.slice(row * width, (row + 1) * width)).reduce((sum, keep) => sum + keep, 0);
      const single = await logitsOf(variant, alone(variant.inputs, row, length));
      const start = (row * all.length) / mask.shape[0]!;
      expect(greatestDifference(single, all.slice(start, start + single.length))).toBeLessThan(1e-5);
    }
  });
});

describe.each(SHIPPED_MODELS.filter(({ architecture }) => architecture === 'gpt2'))(
  '$id against transformers on the same weights',
  ({ id }) => {
    it.each(['wasm', 'cpu'])('logits on %s within 1e-3, from the texts themselves', async (backend) => {
      await tf.setBackend(backend);
      const fixture = readSafetensors(await read(`src/models/gpt2/fixtures/${id}.safetensors`), id);
      const architecture = architectureOf(await json(`public/models/${id}/config.json`));
      const weights = readSafetensors(await read(`public/models/${id}/model.safetensors`), id);
      const files = ['tokenizer.json', 'tokenizer_config.json'].map((file) => json(`public/models/${id}/${file}`));
      const tokenizer = createTokenizer(...((await Promise.all(files)) as [unknown, unknown]), id);
      const { cases } = (await json('src/lib/fixtures/tokenizers.json'))['minilm-l6'];
      const network = new Network(architecture, valuesOf(architecture, weights));
      const ids = fixture.get('ids')!;
      const length = ids.shape[0]!;
      expect(tokenizer.encode(cases[0].text).ids).toEqual([...ids.data]);
      const batch = { ids: { data: ids.data as Int32Array, shape: [1, length], dtype: 'int32' as const } };
      const logits = await network.logits({ kind: 'arrays', batch });
      const vocabulary = architecture.vocab!;
      const theirs = fixture.get('logits')!.data as Float32Array;
      for (const [i, place] of fixture.get('places')!.data.entries()) {
        const ours = logits.slice(place * vocabulary, (place + 1) * vocabulary);
        expect(greatestDifference(ours, theirs.slice(i * vocabulary, (i + 1) * vocabulary))).toBeLessThan(1e-3);
      }
      expect(greatestDifference(logits.slice(0, vocabulary), logits.slice(-vocabulary))).toBeGreaterThan(0.5);
      network.dispose();
    });
  },
);

describe('minilm-l6 against transformers on the same weights', () => {
  it.each([
    ['wasm', 10],
    ['cpu', 1],
  ] as const)(
    'hidden states and sentence embeddings on %s, from ten sentences in four scripts: within 1e-3',
    async (backend, count) => {
      await tf.setBackend(backend);
      const fixture = readSafetensors(await read('src/models/bert/fixtures/minilm-l6.safetensors'), 'fixture');
      const config = await json('public/models/minilm-l6/config.json');
      const architecture = architectureOf({ ...config, num_labels: 2 });
      const file = new Map(readSafetensors(await read('public/models/minilm-l6/model.safetensors'), 'minilm-l6'));
      file.set('classifier.weight', { shape: [2, 384], data: new Float32Array(768) });
      file.set('classifier.bias', { shape: [2], data: new Float32Array(2) });
      const network = new Network(architecture, valuesOf(architecture, file));
      const { ids, mask } = batchOf(fixture, ['ids', 'mask']);
      const places = fixture.get('places')!;
      const inputs = { ids: ids!, mask: mask!, types: { ...ids!, data: new Int32Array(ids!.data.length) } };
      // the plain CPU is slow: the first text alone, without padding
      const first = places.data[2]! + 1;
      const width = count === 1 ? first : ids!.shape[1]!;
      const batch = count === 1 ? alone(inputs, 0, first) : inputs;
      const last = architecture.stages.length - 1;
      const before = network.until(last - 1, { kind: 'arrays', batch });
      const hidden = (await before.x!.data()) as Float32Array;
      const pooled = network.until(last, { kind: 'arrays', batch });
      const mean = (await pooled.features!.data()) as Float32Array;
      const rows = fixture.get('hidden')!.data as Float32Array;
      let worst = 0;
      for (let i = 0; i < count * 3; i++) {
        const at = (Math.floor(i / 3) * width + places.data[i]!) * 384;
        worst = Math.max(worst, greatestDifference(hidden.slice(at, at + 384), rows.slice(i * 384, (i + 1) * 384)));
      }
      expect(worst).toBeLessThan(1e-3);
      const embeddings = fixture.get('mean')!.data as Float32Array;
      expect(greatestDifference(mean, embeddings.slice(0, count * 384))).toBeLessThan(1e-3);
      if (count > 1) expect(greatestDifference(mean.slice(0, 384), mean.slice(384, 768))).toBeGreaterThan(0.1);
      tf.dispose([...Object.values(before), ...Object.values(pooled)]);
      network.dispose();
    },
    120_000,
  );

  it('reads the same ids from the texts themselves', async () => {
    const tokenizer = createTokenizer(
      await json('public/models/minilm-l6/tokenizer.json'),
      await json('public/models/minilm-l6/tokenizer_config.json'),
      'minilm-l6',
    );
    const { cases } = (await json('src/lib/fixtures/tokenizers.json'))['minilm-l6'];
    const { ids, mask } = batchOf(readSafetensors(await read('src/models/bert/fixtures/minilm-l6.safetensors'), ''), [
      'ids',
      'mask',
    ]);
    const [count, width] = ids!.shape as [number, number];
    for (let i = 0; i < count; i++) {
      const row = [...ids!.data.slice(i * width, (i + 1) * width)].filter((_, t) => mask!.data[i * width + t] === 1);
      expect(tokenizer.encode(cases[i].text).ids).toEqual(row);
    }
  });
});
