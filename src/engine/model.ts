import type { ImportedModel } from '../export/tuned-model.ts';
import { readSafetensors, type TensorFile } from '../lib/safetensors.ts';
import type { ModelConfig } from '../models/engine.ts';
import { MODEL_ENGINES } from '../models/engines.ts';
import { shippedModel } from '../models/metas.ts';
import type { Architecture } from '../nn/core.ts';
import { profile, sizeOf } from '../nn/profile.ts';
import type { ModelRef, ModelSummary, PreprocessorConfig } from '../protocol/model.ts';
import { ProblemError } from '../protocol/problems.ts';
import { download, type Fetch } from './download.ts';

/** A pretrained model on the CPU: what every run starts from. It never changes. */
export interface LoadedModel {
  summary: ModelSummary;
  config: ModelConfig;
  preprocessor: PreprocessorConfig;
  labels: readonly string[];
  /** Weights in the layout of their file. */
  file: TensorFile;
  /** The model that the site ships, that this one is or comes from. */
  origin: { id: string; licence: string; sha256: string };
}

/** Builds the architecture that a `config.json` names. Throws `model-config`. */
export function architectureOf(config: ModelConfig): Architecture {
  const engines: Readonly<Record<string, (typeof MODEL_ENGINES)[keyof typeof MODEL_ENGINES]>> = MODEL_ENGINES;
  const engine = Object.hasOwn(engines, config.architecture) ? engines[config.architecture] : undefined;
  if (!engine)
    throw new ProblemError('model-config', {
      field: 'architecture',
      value: String(config.architecture),
      expected: Object.keys(MODEL_ENGINES).join(', '),
    });
  return engine.architecture(config);
}

/** Weights that learn, statistics left out. */
export function parameterCount(architecture: Architecture): number {
  let count = 0;
  for (const spec of profile(architecture).weights.values()) if (spec.role !== 'stat') count += sizeOf(spec.shape);
  return count;
}

function summarise(
  ref: ModelRef,
  name: string,
  config: ModelConfig,
  preprocessor: PreprocessorConfig,
  labels: readonly string[],
  cached: boolean,
): ModelSummary {
  return {
    ref,
    name,
    architecture: config.architecture,
    input: { kind: 'image', size: preprocessor.size.height, channels: preprocessor.channels },
    labels,
    parameters: parameterCount(architectureOf(config)),
    cached,
  };
}

/** Loads a model that the site hosts. `root` is the site's address, ending in `/`. */
export async function loadShipped(
  id: string,
  root: string,
  onProgress: (done: number, total: number) => void,
  fetcher: Fetch = fetch,
): Promise<LoadedModel> {
  const meta = shippedModel(id);
  if (!meta) throw new ProblemError('model-missing', { file: id });
  const folder = `${root}models/${id}/`;
  const json = async <T>(file: string): Promise<T> => {
    try {
      return (await (await fetcher(folder + file)).json()) as T;
    } catch (cause) {
      throw new ProblemError('model-missing', { file: `${id}/${file}` }, { cause });
    }
  };
  const [config, preprocessor, labels] = await Promise.all([
    json<ModelConfig>('config.json'),
    json<PreprocessorConfig>('preprocessor_config.json'),
    json<string[]>('labels.json'),
  ]);
  const file = `${id}/model.safetensors`;
  const { bytes, cached } = await download(
    `${folder}model.safetensors`,
    { file, bytes: meta.bytes, sha256: meta.sha256 },
    onProgress,
    fetcher,
  );
  return {
    summary: summarise({ kind: 'shipped', id }, id, config, preprocessor, labels, cached),
    config,
    preprocessor,
    labels,
    file: readSafetensors(bytes, file),
    origin: { id, licence: meta.licence, sha256: meta.sha256 },
  };
}

/** A tuned model that was dropped back in, as a model to start from. */
export function fromImport(id: string, imported: ImportedModel): LoadedModel {
  const config = imported.config as ModelConfig;
  return {
    summary: summarise({ kind: 'imported', id }, imported.title, config, imported.preprocessor, imported.labels, true),
    config,
    preprocessor: imported.preprocessor,
    labels: imported.labels,
    file: imported.weights,
    origin: { id: imported.base.id, licence: imported.base.licence, sha256: imported.base.sha256 },
  };
}
