import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { prepare } from '../../src/data/image/prepare.ts';
import type { ImportedModel, StoredWeights, TunedModel } from '../../src/export/tuned-model.ts';
import type { PythonSide } from '../../src/export/zip.ts';
import { normal, seedOf } from '../../src/lib/random.ts';
import { readSafetensors } from '../../src/lib/safetensors.ts';
import { MODEL_ENGINES } from '../../src/models/engines.ts';
import { type ArchitectureId, MODEL_METAS } from '../../src/models/metas.ts';
import { fromDisk, toDisk } from '../../src/nn/layout.ts';
import { Network } from '../../src/nn/network.ts';
import { profile } from '../../src/nn/profile.ts';
import { initial } from '../../src/nn/weights.ts';
import type { PreprocessorConfig, ShippedModel } from '../../src/protocol/model.ts';
import { defaultSettings } from '../../src/protocol/settings.ts';
import { inputs } from '../../src/tasks/image-classification/engine.ts';
import type { Rgb } from './png.ts';

export const PUBLIC_MODELS = fileURLToPath(new URL('../../public/models/', import.meta.url));
const text = (path: string) => readFile(PUBLIC_MODELS + path, 'utf8');
const json = async <T>(path: string): Promise<T> => JSON.parse(await text(path));

const architectureOf = (config: TunedModel['config']) =>
  MODEL_ENGINES[config.architecture as ArchitectureId].architecture(config);

/** Every weight moved by about two hundredths of itself, as by training; a variance stays above 0. */
export function moved(name: string, data: Float32Array): Float32Array {
  const next = normal(seedOf(1, 0, name));
  return data.map((value) => value * (1 + 0.02 * Math.max(-4, Math.min(4, next()))));
}

/** A shipped model as a run would leave it: every weight moved, and a new head for `labels`. */
export async function tuned(shipped: ShippedModel, labels: readonly string[]): Promise<TunedModel> {
  const { id } = shipped;
  const before = await json<TunedModel['config']>(`${id}/config.json`);
  const config = { ...before, num_labels: labels.length };
  const file = readSafetensors(new Uint8Array(await readFile(`${PUBLIC_MODELS}${id}/model.safetensors`)), id);
  const old = profile(architectureOf(before)).weights;
  const weights = new Map<string, { shape: readonly number[]; data: Float32Array }>();
  const head = new Map<string, { shape: readonly number[]; data: Float32Array }>();
  for (const [name, spec] of profile(architectureOf(config)).weights) {
    const raw = file.get(name)!;
    const stored = { shape: raw.shape, data: raw.data as Float32Array };
    if (String(spec.shape) === String(old.get(name)?.shape)) {
      weights.set(name, { ...stored, data: moved(name, stored.data) });
      continue;
    }
    head.set(name, stored);
    weights.set(name, toDisk(initial(name, { ...spec, init: 'normal' }, 3), spec));
  }
  const trainable = [...weights.values()].reduce((sum, { data }) => sum + data.length, 0);
  return {
    title: `猫 · құс · 🐦 ${id}`,
    task: 'image-classification',
    config,
    processorFiles: { 'preprocessor_config.json': await text(`${id}/preprocessor_config.json`) },
    labels,
    weights,
    pretrainedHead: { labels: await json<string[]>(`${id}/labels.json`), weights: head },
    base: { id, shipped: true, licence: shipped.licence, sha256: shipped.sha256 },
    settings: {
      ...defaultSettings(),
      model: { kind: 'shipped', id },
      method: { id: 'full', options: {} },
      task: {},
    },
    data: {
      name: 'made up',
      classes: labels.map((name) => ({ name, counts: { train: 20, validation: 4, test: 4 } })),
      split: { validation: 0.15, test: 0.15, seed: 42 },
    },
    training: {
      backend: 'wasm',
      adapter: '',
      finish: 'completed',
      epoch: 1,
      step: 1,
      seconds: 1,
      trainable,
      total: trainable,
    },
    history: [],
  };
}

/** How Python makes the model, and the texts that go with it, as the engine fetches them from the site. */
export async function pythonSide(shipped: ShippedModel): Promise<PythonSide> {
  const { python: recipe } = MODEL_METAS[shipped.architecture as ArchitectureId];
  const files: Record<string, string> = { 'preprocess.py': await text('preprocess.py') };
  for (const name of [...recipe.files, ...shipped.notices]) files[name] = await text(`${shipped.id}/${name}`);
  return { recipe, files };
}

/** Every weight of the architecture in memory's layout. Throws where the file has not got it, or not in its shape. */
function valuesOf(config: TunedModel['config'], weights: StoredWeights): Map<string, Float32Array> {
  const specs = profile(architectureOf(config)).weights;
  if (specs.size !== weights.size) throw new Error(`${weights.size} weights, the architecture has ${specs.size}`);
  return new Map(
    [...specs].map(([name, spec]) => {
      const raw = weights.get(name);
      const data = raw && fromDisk(raw, spec);
      if (!data) throw new Error(`${name} does not fit`);
      return [name, data];
    }),
  );
}

/** Logits of a picture by our own engine, on whatever backend is current. */
export async function ownLogits(model: ImportedModel, { width, height, data }: Rgb): Promise<number[]> {
  const rgba = new Uint8ClampedArray(width * height * 4).fill(255);
  for (let i = 0; i < width * height; i++) rgba.set(data.subarray(3 * i, 3 * i + 3), 4 * i);
  const preprocessor = JSON.parse(model.processorFiles['preprocessor_config.json']!) as PreprocessorConfig;
  const { size, channels } = preprocessor;
  const pixels = prepare({ width, height, data: rgba }, { kind: 'image', size: size.height, channels });
  const network = new Network(architectureOf(model.config), valuesOf(model.config, model.weights));
  const logits = await network.logits({ kind: 'arrays', batch: inputs([pixels], preprocessor) });
  network.dispose();
  return [...logits];
}
