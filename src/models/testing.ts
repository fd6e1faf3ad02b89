import { readSafetensors, type TensorFile } from '../lib/safetensors.ts';
import type { Architecture } from '../nn/core.ts';
import { fromDisk } from '../nn/layout.ts';
import { Learner } from '../nn/learner.ts';
import { OPTIMIZERS } from '../nn/optimizers/index.ts';
import { profile } from '../nn/profile.ts';
import type { WeightValues } from '../nn/weights.ts';
import type { ImageInput, PreprocessorConfig, ShippedModel } from '../protocol/model.ts';
import { engine as task } from '../tasks/image-classification/engine.ts';
import type { ModelConfig } from './engine.ts';
import { MODEL_ENGINES } from './engines.ts';
import { type ArchitectureId, SHIPPED_MODELS } from './metas.ts';

/** The models that take pictures. */
export const IMAGE_MODELS = SHIPPED_MODELS.filter(
  (model): model is ShippedModel & { input: ImageInput } => model.input.kind === 'image',
);

/** A file of the site, as bytes. */
export type ReadPublic = (path: string) => Promise<Uint8Array>;

export interface ShippedFiles {
  config: ModelConfig;
  preprocessor: PreprocessorConfig;
  file: TensorFile;
}

export async function readShipped(id: string, read: ReadPublic): Promise<ShippedFiles> {
  const json = async (name: string) => JSON.parse(new TextDecoder().decode(await read(`models/${id}/${name}`)));
  return {
    config: await json('config.json'),
    preprocessor: await json('preprocessor_config.json'),
    file: readSafetensors(await read(`models/${id}/model.safetensors`), id),
  };
}

/** The architecture at another input size. */
export const architectureAt = (config: ModelConfig, size: number): Architecture =>
  MODEL_ENGINES[config.architecture as ArchitectureId].architecture({ ...config, image_size: size });

/** Every weight of the architecture from the file, in memory's layout. */
export const valuesOf = (architecture: Architecture, file: TensorFile): WeightValues =>
  new Map(
    [...profile(architecture).weights].map(([name, spec]) => {
      const raw = file.get(name);
      const data = raw && fromDisk(raw, spec);
      if (!data) throw new Error(`${name} is missing or has another shape`);
      return [name, data];
    }),
  );

/** The formula that the fixtures of gradients state, normalised. */
export function patternInput(shape: readonly number[], p: PreprocessorConfig) {
  const [count, height, width, channels] = shape as [number, number, number, number];
  const data = new Float32Array(count * height * width * channels);
  let i = 0;
  for (let n = 0; n < count; n++)
    for (let y = 0; y < height; y++)
      for (let x = 0; x < width; x++)
        for (let c = 0; c < channels; c++) {
          const v = Math.sin(n * 12.9898 + y * 78.233 + x * 37.719 + c * 4.581) * 43758.5453;
          data[i++] = (v - Math.floor(v) - p.image_mean[c]!) / p.image_std[c]!;
        }
  return { pixels: { data, shape, dtype: 'float32' } } as const;
}

/** A learner that trains every weight of a shipped model, at a size. */
export function fullLearner({ config, file }: ShippedFiles, size: number, batchStatistics = false): Learner {
  const architecture = architectureAt({ ...config, dropout_rate: 0 }, size);
  const trainable = [...profile(architecture).weights].filter(([, spec]) => spec.role !== 'stat').map(([name]) => name);
  return new Learner({
    architecture,
    values: valuesOf(architecture, file),
    trainable: new Set(trainable),
    optimizer: OPTIMIZERS.adamw,
    objective: task.objective,
    seed: 1,
    batchStatistics,
    clipNorm: 0,
  });
}

export const greatestDifference = (a: ArrayLike<number>, b: ArrayLike<number>): number => {
  if (a.length !== b.length) return Number.POSITIVE_INFINITY;
  let greatest = 0;
  for (let i = 0; i < a.length; i++) {
    const gap = Math.abs(a[i]! - b[i]!);
    if (!(gap <= greatest)) greatest = gap;
  }
  return greatest;
};

export const argMax = (row: Float32Array): number => row.indexOf(row.reduce((x, y) => Math.max(x, y)));
