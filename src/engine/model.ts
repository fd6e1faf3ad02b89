import type { ImportedModel } from '../export/tuned-model.ts';
import { readSafetensors, type TensorFile } from '../lib/safetensors.ts';
import type { ModelConfig, ModelEngine } from '../models/engine.ts';
import { MODEL_ENGINES } from '../models/engines.ts';
import { shippedModel } from '../models/metas.ts';
import type { Architecture, WeightSpec } from '../nn/core.ts';
import { isHeadWeight, profile, sizeOf, weightUses } from '../nn/profile.ts';
import type { ModelRef, ModelSummary, ShippedModel } from '../protocol/model.ts';
import { ProblemError } from '../protocol/problems.ts';
import type { RunSettings } from '../protocol/run.ts';
import { inputOf, PROCESSOR_FILES, type Processor, type ProcessorFiles, processorOf } from '../tasks/processor.ts';
import { download, type Fetch } from './download.ts';
import { taskIdOf, taskMetaOf, taskOf } from './tasks.ts';

/** A pretrained model on the CPU: what every run starts from. It never changes. */
export interface LoadedModel {
  summary: ModelSummary;
  config: ModelConfig;
  processor: Processor;
  /** What the processor was made of, to go with the weights. */
  processorFiles: ProcessorFiles;
  /** Of its own head; none where it has none. */
  labels: readonly string[];
  /** Weights in the layout of their file. */
  file: TensorFile;
  /** What it was tuned with that stands beside its own weights: part of the model, whatever is done to it next. */
  applied?: RunSettings['method'];
  /** The model that the site ships, that this one is or comes from. */
  origin: { id: string; licence: string; sha256: string };
}

/** Builds the architecture that a `config.json` names. Throws `model-config`. */
export const architectureOf = (config: ModelConfig): Architecture => engineOf(config).architecture(config);

/** Standard deviation of a weight's first values, where the architecture has its own. */
export const deviationOf = (config: ModelConfig): ((name: string, spec: WeightSpec) => number | undefined) =>
  engineOf(config).deviation?.(config) ?? (() => undefined);

function engineOf(config: ModelConfig): ModelEngine {
  const engines: Readonly<Record<string, ModelEngine>> = MODEL_ENGINES;
  const engine = Object.hasOwn(engines, config.architecture) ? engines[config.architecture] : undefined;
  if (!engine)
    throw new ProblemError('model-config', {
      field: 'architecture',
      value: String(config.architecture),
      expected: Object.keys(MODEL_ENGINES).join(', '),
    });
  return engine;
}

/** Weights that learn, statistics left out. */
export function parameterCount(architecture: Architecture): number {
  let count = 0;
  for (const spec of profile(architecture).weights.values()) if (spec.role !== 'stat') count += sizeOf(spec.shape);
  return count;
}

/** Whether no matrix is the head's alone. */
const hasTiedHead = (architecture: Architecture): boolean =>
  !weightUses(profile(architecture)).some((use) => use.spec.shape.length > 1 && isHeadWeight(use, architecture));

/** What the page is told of a model. */
export function summarise(
  ref: ModelRef,
  name: string,
  config: ModelConfig,
  processor: Processor,
  labels: readonly string[],
  cached: boolean,
): ModelSummary {
  const architecture = architectureOf({ ...config, num_labels: Math.max(1, labels.length) });
  const headOptions = labels.length > 0 ? (taskOf(config.architecture).optionsOf?.(config) ?? {}) : {};
  return {
    ref,
    name,
    architecture: config.architecture,
    task: taskIdOf(config.architecture),
    input: inputOf(processor),
    labels,
    ...(Object.keys(headOptions).length > 0 ? { headOptions } : {}),
    ...(hasTiedHead(architecture) ? { tiedHead: true as const } : {}),
    parameters: parameterCount(architecture),
    cached,
  };
}

/** What a shipped model is besides its weights. */
export interface ShippedFiles extends Pick<LoadedModel, 'config' | 'labels' | 'processor' | 'processorFiles'> {
  meta: ShippedModel;
  folder: string;
}

/** The small files of a model that the site hosts. `root` is the site's address, ending in `/`. */
export async function loadFiles(id: string, root: string, fetcher: Fetch = fetch): Promise<ShippedFiles> {
  const meta = shippedModel(id);
  if (!meta) throw new ProblemError('model-missing', { file: id });
  const folder = `${root}models/${id}/`;
  const json = async (file: string): Promise<{ text: string; value: unknown }> => {
    try {
      const text = await (await fetcher(folder + file)).text();
      return { text, value: JSON.parse(text) };
    } catch (cause) {
      throw new ProblemError('model-missing', { file: `${id}/${file}` }, { cause });
    }
  };
  const [{ value }, labels, ...files] = await Promise.all([
    json('config.json'),
    meta.classes > 0 ? json('labels.json').then((file) => file.value as string[]) : [],
    ...PROCESSOR_FILES[meta.input.kind].map(async (file) => [file, (await json(file)).text] as const),
  ]);
  const config = value as ModelConfig;
  const processorFiles = Object.fromEntries(files);
  const processor = processorOf(meta.input.kind, processorFiles, id, engineOf(config).context?.(config));
  return { meta, folder, config, labels, processor, processorFiles };
}

/** Loads a model that the site hosts. */
export async function loadShipped(
  id: string,
  root: string,
  onProgress: (done: number, total: number) => void,
  fetcher: Fetch = fetch,
): Promise<LoadedModel> {
  const { meta, folder, config, labels, processor, processorFiles } = await loadFiles(id, root, fetcher);
  const file = `${id}/model.safetensors`;
  const { bytes, cached } = await download(
    `${folder}model.safetensors`,
    { file, bytes: meta.bytes, sha256: meta.sha256 },
    onProgress,
    fetcher,
  );
  return {
    summary: summarise({ kind: 'shipped', id }, id, config, processor, labels, cached),
    config,
    processor,
    processorFiles,
    labels,
    file: readSafetensors(bytes, file),
    origin: { id, licence: meta.licence, sha256: meta.sha256 },
  };
}

/** A tuned model that was dropped back in, as a model to start from. */
export function fromImport(id: string, imported: ImportedModel): LoadedModel {
  const config = imported.config as ModelConfig;
  const { processorFiles, applied } = imported;
  const { input } = taskMetaOf(config.architecture);
  const processor = processorOf(input, processorFiles, imported.title, engineOf(config).context?.(config));
  return {
    summary: summarise({ kind: 'imported', id }, imported.title, config, processor, imported.labels, true),
    config,
    processor,
    processorFiles,
    labels: imported.labels,
    file: applied ? new Map([...imported.weights, ...applied.weights]) : imported.weights,
    ...(applied ? { applied: applied.method } : {}),
    origin: { id: imported.base.id, licence: imported.base.licence, sha256: imported.base.sha256 },
  };
}
