import Papa from 'papaparse';
import { describe, expect, it } from 'vitest';
import { MODEL_METAS } from '../models/metas.ts';
import { zipName } from './slug.ts';
import { HISTORY, PYTHON, tunedModel, unzipped } from './testing.ts';
import { exportZip, type PythonSide } from './zip.ts';

const text = (entries: ReadonlyMap<string, Uint8Array>, name: string) => new TextDecoder().decode(entries.get(name));
const json = (entries: ReadonlyMap<string, Uint8Array>, name: string) => JSON.parse(text(entries, name));

describe('exportZip', () => {
  it('holds every file in one order, and tells their sizes', async () => {
    const file = await exportZip(tunedModel(), PYTHON);
    const entries = await unzipped(file);
    expect([...entries.keys()]).toEqual([
      'README.md',
      'config.json',
      'labels.json',
      'preprocessor_config.json',
      'model.safetensors',
      'pretrained_head.safetensors',
      'pretrained_labels.json',
      'settings.json',
      'curves.json',
      'curves.csv',
      'LICENSE',
      'net.py',
      'preprocess.py',
    ]);
    expect(file.entries).toEqual([...entries].map(([name, data]) => ({ name, bytes: data.length })));
    expect(file.card).toBe(text(entries, 'README.md'));
    expect(file.card).toContain(file.snippet);
  });

  it('holds what was seen inside the network, where it was looked at', async () => {
    const figure = (value: number) => ({
      distance: Float32Array.of(value),
      gradient: Float32Array.of(Number.NaN),
      update: Float32Array.of(Number.NaN),
    });
    const dead = { dead: Float32Array.of(0.25), units: Int32Array.of(4) };
    const look = {
      run: 'r',
      step: 8,
      epoch: 1,
      measured: 8,
      weights: figure(0.5),
      stages: { ...figure(0.5), ...dead },
    };
    const shape = { stages: ['fc1'], weights: [{ name: 'fc1.weight', stage: 0, began: 'pretrained' as const }] };
    const entries = await unzipped(await exportZip({ ...tunedModel(), inside: { shape, looks: [look] } }, PYTHON));
    expect(text(entries, 'inside.csv').trim().split('\n').slice(1)).toEqual([
      '8,1,fc1,,,0.5,8,,,0.25,4',
      '8,1,fc1,fc1.weight,pretrained,0.5,8,,,,',
    ]);
    expect(text(entries, 'README.md')).toContain('`inside.csv`');
  });

  it('gives the same bytes for the same model', async () => {
    const bytes = async (files: PythonSide['files']) =>
      Buffer.from(await (await exportZip(tunedModel(), { ...PYTHON, files })).blob.arrayBuffer());
    const reversed = Object.fromEntries(Object.entries(PYTHON.files).reverse());
    expect((await bytes(PYTHON.files)).equals(await bytes(reversed))).toBe(true);
  });

  it('dates nothing', async () => {
    const bytes = Buffer.from(await (await exportZip(tunedModel(), PYTHON)).blob.arrayBuffer());
    // local header: time at 10, date at 12; 0x0021 is 1 January 1980
    expect(bytes.readUInt16LE(10)).toBe(0);
    expect(bytes.readUInt16LE(12)).toBe(0x21);
  });

  it('writes the labels into the configuration as transformers does', async () => {
    const config = json(await unzipped(await exportZip(tunedModel(), PYTHON)), 'config.json');
    expect(config).toMatchObject({
      architecture: 'digits-cnn',
      num_labels: 3,
      id2label: { 0: 'cat', 1: 'dog', 2: 'bird' },
      label2id: { cat: 0, dog: 1, bird: 2 },
    });
  });

  it('writes curves that a CSV reader takes', async () => {
    const entries = await unzipped(await exportZip(tunedModel(), PYTHON));
    const { data, errors, meta } = Papa.parse<Record<string, unknown>>(text(entries, 'curves.csv'), {
      header: true,
      dynamicTyping: true,
      skipEmptyLines: true,
    });
    expect(errors).toEqual([]);
    expect(meta.fields).toEqual([
      'split',
      'step',
      'epoch',
      'seconds',
      'loss',
      'accuracy',
      'examples',
      'learning_rate',
      'penalty',
    ]);
    const rows = HISTORY.map(({ run: _, learningRate, ...point }) => ({
      ...point,
      learning_rate: learningRate ?? null,
      penalty: null,
    }));
    expect(data).toEqual(rows);
    expect(json(entries, 'curves.json').points).toEqual(
      HISTORY.map(({ run: _, learningRate, ...point }) =>
        learningRate === undefined ? point : { ...point, learning_rate: learningRate },
      ),
    );
  });

  it('refuses to leave out a module that the snippet imports', async () => {
    await expect(exportZip(tunedModel(), { ...PYTHON, files: {} })).rejects.toThrow('net.py');
  });

  it.each(Object.values(MODEL_METAS))('takes the recipe of $id', async ({ python }) => {
    const files = Object.fromEntries(['preprocess.py', ...python.files].map((name) => [name, '']));
    const { snippet } = await exportZip(tunedModel(), { recipe: python, files });
    expect(snippet).toContain(python.imports);
    expect(snippet).toContain(`model = ${python.build}`);
  });
});

describe('zipName', () => {
  it.each([
    ['Cats, dogs & birds', 'cats-dogs-birds-digits-cnn.zip'],
    ['花と鳥', '花と鳥-digits-cnn.zip'],
    ['猫和狗 2024', '猫和狗-2024-digits-cnn.zip'],
    ['Қазақ әріптері', 'қазақ-әріптері-digits-cnn.zip'],
    ['हिन्दी', 'हिन्दी-digits-cnn.zip'],
    ['Cafe\u0301', 'café-digits-cnn.zip'],
    ['🐱🐶', 'tuned-digits-cnn.zip'],
    ['🐱 cats', 'cats-digits-cnn.zip'],
    ['', 'tuned-digits-cnn.zip'],
    ['../../etc/passwd', 'etc-passwd-digits-cnn.zip'],
    ['a\\b:c*d?"<>|', 'a-b-c-d-digits-cnn.zip'],
    ['𝔸'.repeat(100), `${'𝔸'.repeat(60)}-digits-cnn.zip`],
  ])('%s', (title, name) => expect(zipName(title, 'digits-cnn')).toBe(name));
});
