import { describe, expect, it } from 'vitest';
import { ProblemError } from '../protocol/problems.ts';
import { importZip as importAs, isExportedZip } from './import.ts';
import { PYTHON, tunedModel, unzipped } from './testing.ts';
import type { TunedModel } from './tuned-model.ts';
import { exportZip } from './zip.ts';

const importZip = (entries: ReadonlyMap<string, Uint8Array>, file: string) =>
  importAs(entries, file, () => ({ task: 'image-classification', processorFiles: ['preprocessor_config.json'] }));

const exported = async (changes: Partial<TunedModel> = {}) => unzipped(await exportZip(tunedModel(changes), PYTHON));
const bytes = (value: unknown) => new TextEncoder().encode(typeof value === 'string' ? value : JSON.stringify(value));
const fields = (entries: ReadonlyMap<string, Uint8Array>, name: string): Record<string, unknown> =>
  JSON.parse(new TextDecoder().decode(entries.get(name)));

/** The problem that an import ends in; fails where there is none, or something else is thrown. */
function problemOf(entries: ReadonlyMap<string, Uint8Array>) {
  try {
    importZip(entries, 'my.zip');
  } catch (error) {
    if (error instanceof ProblemError) return error.problem;
    throw error;
  }
  throw new Error('the import went through');
}

/** Bits, so that -0 and every last place count. */
const bits = (weights: TunedModel['weights']) =>
  [...weights].map(([name, { shape, data }]) => [name, shape, [...new Uint32Array(data.slice().buffer)]]);

describe('export and import', () => {
  it.each(['Cats', '猫和狗', 'Қазақ әріптері', '🐱🐶', ''])('give the same model back: “%s”', async (title) => {
    const model = tunedModel({
      title,
      labels: ['cat', '__proto__', '🐦 құс'],
      data: {
        ...tunedModel().data,
        classes: tunedModel().data.classes.map((c, i) => ({ ...c, name: ['cat', '__proto__', '🐦 құс'][i]! })),
      },
    });
    const { history: _, weights, pretrainedHead, ...rest } = model;
    const back = importZip(await unzipped(await exportZip(model, PYTHON)), 'x.zip');
    const { weights: backWeights, pretrainedHead: backHead, ...backRest } = back;
    expect(backRest).toEqual(rest);
    expect(bits(backWeights)).toEqual(bits(weights));
    expect(backHead.labels).toEqual(pretrainedHead.labels);
    expect(bits(backHead.weights)).toEqual(bits(pretrainedHead.weights));
  });

  it('export again to the same weights and settings', async () => {
    const first = await exported();
    const again = await exported({ ...importZip(first, 'x.zip') });
    for (const name of ['model.safetensors', 'pretrained_head.safetensors', 'config.json'])
      expect(Buffer.from(again.get(name)!).equals(first.get(name)!), name).toBe(true);
    expect(fields(again, 'settings.json')).toEqual(fields(first, 'settings.json'));
  });
});

describe('isExportedZip', () => {
  const names = ['model.safetensors', 'config.json', 'settings.json', 'README.md'];
  it.each<[string, string[]]>([
    ['as it is', names],
    ['in a folder', ['tuned/', ...names.map((name) => `tuned/${name}`)]],
    ['in two folders', names.map((name) => `a/b/${name}`)],
    ['with what macOS adds', [...names.map((name) => `tuned/${name}`), '__MACOSX/tuned/._config.json', '.DS_Store']],
    ['with what Windows adds', [...names.map((name) => `tuned\\${name}`), 'tuned\\desktop.ini']],
  ])('knows it %s', (_, paths) => expect(isExportedZip(paths)).toBe(true));

  it.each<[string, string[]]>([
    ['nothing', []],
    ['pictures', ['cats/1.png', 'dogs/2.png']],
    ['a model of another kind', ['model.safetensors', 'config.json']],
    ['a model among pictures', [...names.map((name) => `model/${name}`), 'cats/1.png']],
    ['its parts in several folders', ['a/model.safetensors', 'b/config.json', 'c/settings.json']],
  ])('does not take %s for one', (_, paths) => expect(isExportedZip(paths)).toBe(false));
});

describe('importZip', () => {
  it('reads from a folder, macOS files beside it', async () => {
    const entries = new Map([...(await exported())].map(([name, data]) => [`tuned/${name}`, data]));
    entries.set('__MACOSX/tuned/._model.safetensors', bytes('junk'));
    expect(importZip(entries, 'x.zip').labels).toEqual(['cat', 'dog', 'bird']);
  });

  it('names a file that is missing', async () => {
    for (const name of [
      'model.safetensors',
      'config.json',
      'settings.json',
      'labels.json',
      'preprocessor_config.json',
      'pretrained_head.safetensors',
      'pretrained_labels.json',
    ]) {
      const entries = await exported();
      entries.delete(name);
      expect(problemOf(entries)).toMatchObject({
        code: 'model-damaged',
        values: { file: `my.zip/${name}`, reason: 'missing' },
      });
    }
  });

  it('says that a file was cut short, wherever', async () => {
    const whole = await exported();
    for (const name of ['model.safetensors', 'pretrained_head.safetensors']) {
      const data = whole.get(name)!;
      for (let length = 0; length < data.length; length += 7) {
        const problem = problemOf(new Map([...whole, [name, data.subarray(0, length)]]));
        expect(problem, `${length} bytes`).toMatchObject({ code: 'model-damaged', values: { file: `my.zip/${name}` } });
      }
    }
  });

  it('survives every flipped bit of a header', async () => {
    const whole = await exported();
    const data = whole.get('model.safetensors')!;
    const end = 8 + Number(new DataView(data.buffer, data.byteOffset).getBigUint64(0, true));
    for (let at = 0; at < end; at++) {
      const flipped = data.slice();
      flipped[at]! ^= 1 << (at % 8);
      try {
        importZip(new Map([...whole, ['model.safetensors', flipped]]), 'my.zip');
      } catch (error) {
        expect(error).toBeInstanceOf(ProblemError);
      }
    }
  });

  it.each(['config.json', 'settings.json', 'labels.json', 'preprocessor_config.json', 'pretrained_labels.json'])(
    'calls %s damaged where it is no JSON, or JSON of another kind',
    async (name) => {
      const whole = await exported();
      for (const content of ['', '{', 'null', '7', '"text"', '\ufffe'])
        expect(problemOf(new Map([...whole, [name, bytes(content)]]))).toMatchObject({
          code: 'model-damaged',
          values: { file: `my.zip/${name}` },
        });
    },
  );

  it.each<[string, string, Record<string, unknown>]>([
    ['config.json', 'architecture', { architecture: 5 }],
    ['config.json', 'num_labels', { num_labels: 'three' }],
    ['preprocessor_config.json', 'size', { size: 28 }],
    ['preprocessor_config.json', 'channels', { channels: 2 }],
    ['preprocessor_config.json', 'image_mean', { image_mean: [1, 2, 3] }],
    ['preprocessor_config.json', 'image_std', { image_std: [0] }],
    ['preprocessor_config.json', 'rescale_factor', { rescale_factor: null }],
    ['settings.json', 'format', { format: 2 }],
  ])('names in %s the field %s', async (name, field, change) => {
    const whole = await exported();
    const problem = problemOf(new Map([...whole, [name, bytes({ ...fields(whole, name), ...change })]]));
    expect(problem).toMatchObject({ code: 'model-config', values: { file: name, field } });
    expect(Object.values(problem.values).join()).not.toContain('undefined');
  });

  it('sees that labels, configuration and weights disagree', async () => {
    const whole = await exported();
    const config = bytes({ ...fields(whole, 'config.json'), num_labels: 4 });
    const four = bytes(['a', 'b', 'c', 'd']);
    const other = await exported({ weights: tunedModel().pretrainedHead.weights });
    for (const change of [
      [['labels.json', four]],
      [['config.json', config]],
      [
        ['labels.json', four],
        ['config.json', config],
      ],
      [['model.safetensors', other.get('model.safetensors')!]],
    ] as [string, Uint8Array][][])
      expect(problemOf(new Map([...whole, ...change]))).toMatchObject({ code: 'model-mismatch' });
  });

  it('falls back where settings were edited into nonsense', async () => {
    const whole = await exported();
    const edited = {
      title: 5,
      base: [],
      settings: { epochs: -3, optimizer: 'sdg', learningRate: '1e-3', method: 7, earlyStopping: null, seed: 1.5 },
      data: { classes: [null, { name: 'dog', counts: { train: 'many', test: 2.7 } }], split: { validation: 7 } },
      training: { seconds: -1, finish: 'won', epoch: null },
      test: { examples: 5, correct: 9 },
    };
    for (const value of [edited, {}]) {
      const model = importZip(new Map([...whole, ['settings.json', bytes(value)]]), 'folder/My model.zip');
      expect(model).toMatchObject({
        title: 'My model',
        labels: ['cat', 'dog', 'bird'],
        base: { id: 'unknown', shipped: false },
        settings: { epochs: 20, optimizer: 'adamw', learningRate: 1e-3, seed: 42, method: { id: 'full', options: {} } },
        training: { seconds: 0, epoch: 0 },
      });
      expect(model.data.classes.map(({ name }) => name)).toEqual(model.labels);
      expect(model).not.toHaveProperty('test');
      await expect(exportZip({ ...model, history: [] }, PYTHON)).resolves.toBeDefined();
    }
  });
});
