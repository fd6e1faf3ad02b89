import type { CheckpointForm, CheckpointType } from '../../models/checkpoint.ts';
import type { ModelConfig, ModelEngine } from '../../models/engine.ts';
import { MODEL_ENGINES } from '../../models/engines.ts';
import { shippedModel } from '../../models/metas.ts';
import { profile } from '../../nn/profile.ts';
import { ProblemError } from '../../protocol/problems.ts';
import { type LoadedModel, summarise } from '../model.ts';
import type { PretrainedFolder } from './folder.ts';
import { labelsOf } from './head.ts';
import { licenceOf } from './licence.ts';
import { readTokenizer, TOKENIZER_FILES } from './tokenizer.ts';
import { PretrainedWeights } from './weights.ts';

type Fields = Readonly<Record<string, unknown>>;

/** Fields of `config.json` that say how its own weights were stored, found or run, and nothing of the network. */
const LEFT_OUT = ['_name_or_path', 'auto_map', 'dtype', 'torch_dtype', 'transformers_version', 'id2label', 'label2id'];

interface Found {
  architecture: string;
  engine: ModelEngine;
  form: CheckpointForm;
  type: CheckpointType;
}

/** The architecture that a `model_type` belongs to. */
function findForm(modelType: unknown): Found | undefined {
  for (const [architecture, engine] of Object.entries<ModelEngine>(MODEL_ENGINES)) {
    const form = engine.checkpoint;
    const type = typeof modelType === 'string' && form && Object.hasOwn(form.types, modelType) && form.types[modelType];
    if (form && type) return { architecture, engine, form, type };
  }
  return undefined;
}

/** Every `model_type` that is taken. */
const TYPES = Object.values<ModelEngine>(MODEL_ENGINES).flatMap(({ checkpoint }) =>
  Object.keys(checkpoint?.types ?? {}),
);

/** A field that is not as it is needed: one that is there asks for what is not computed. `file` is `config.json`. */
function naming<T>(file: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof ProblemError) || error.problem.code !== 'model-config') throw error;
    const { values } = error.problem;
    throw new ProblemError(values.value === 'undefined' ? 'model-config' : 'checkpoint-option', { ...values, file });
  }
}

/** Throws `checkpoint-type`, `checkpoint-option`. */
function configOf(folder: PretrainedFolder, fields: Fields): { config: ModelConfig; found: Found } {
  const file = folder.path('config.json');
  const { model_type, architectures, quantization_config: quantized } = fields;
  const found = findForm(model_type);
  if (!found) {
    const value = String(model_type ?? (Array.isArray(architectures) ? architectures[0] : undefined) ?? '?');
    throw new ProblemError('checkpoint-type', { file, value, expected: TYPES.join(', ') });
  }
  if (quantized)
    throw new ProblemError('checkpoint-option', {
      file,
      field: 'quantization_config',
      value: String((quantized as Fields).quant_method ?? '?'),
      expected: 'null',
    });
  const kept = Object.entries(fields).filter(([name]) => !LEFT_OUT.includes(name));
  const own = { architecture: found.architecture, architectures: [found.type.tuned], num_labels: 1 };
  return { config: { ...Object.fromEntries(kept), ...own }, found };
}

/**
 * A checkpoint of `transformers` as a model to start from: its weights, its tokenizer, and its own head where it has one.
 * Nothing of a weight is read before everything else is found to be right, and no weight that the network lacks. Gives
 * the names of the files that it takes, too. Throws `checkpoint-incomplete`, `checkpoint-pickle`, `checkpoint-type`,
 * `checkpoint-option`, `checkpoint-dtype`, `model-damaged`, `model-config`, `model-mismatch`, `tokenizer-unfit`.
 */
export async function readPretrained(
  folder: PretrainedFolder,
  id: string,
  onProgress: (done: number, total: number) => void,
): Promise<{ model: LoadedModel; files: readonly string[] }> {
  const fields = await folder.fields('config.json');
  const { config: plain, found } = configOf(folder, fields);
  const { engine, form, type } = found;
  const file = folder.path('config.json');
  const architectureFor = (config: ModelConfig) => naming(file, () => engine.architecture(config));
  const body = architectureFor(plain);
  const rows = body.vocab ?? 0;
  checkIds(file, fields, rows);
  const context = naming(file, () => engine.context?.(plain) ?? 0);
  const { processor, processorFiles } = await readTokenizer(folder, form.special, { rows, context });

  const weights = await PretrainedWeights.find(folder);
  const labels = (form.head && labelsOf(folder, fields, form.head, weights)) ?? [];
  const config = { ...(labels.length > 0 ? form.head?.config : {}), ...plain, num_labels: labels.length };
  const network = profile(architectureFor({ ...config, num_labels: Math.max(1, labels.length) }));
  const lacking = new Set(form.head && labels.length === 0 ? network.stages.at(-1)!.weights : []);
  const names = [...network.weights.keys()].filter((name) => !lacking.has(name));
  for (const name of names) weights.check(name, type.prefix, network.weights.get(name)!);

  const name = folder.name || String(fields._name_or_path || fields.model_type).replace(/^.*\//, '');
  const model: LoadedModel = {
    summary: summarise({ kind: 'imported', id }, name, config, processor, labels, true),
    config,
    processor,
    processorFiles,
    labels,
    file: await weights.read(names, type.prefix, onProgress),
    // what the site ships under this name need not be the same
    origin: { id: shippedModel(name) ? `own-${name}` : name, licence: await licenceOf(folder), sha256: '' },
  };
  const files = ['config.json', ...TOKENIZER_FILES, ...weights.files, 'README.md'].filter((one) => folder.has(one));
  return { model, files };
}

/** Throws `checkpoint-option` for a token of `config.json` that the table has no row for. */
function checkIds(file: string, fields: Fields, rows: number): void {
  for (const name of ['pad_token_id', 'bos_token_id', 'eos_token_id']) {
    const id = fields[name];
    if (typeof id === 'number' && !(Number.isInteger(id) && id >= 0 && id < rows))
      throw new ProblemError('checkpoint-option', { file, field: name, value: id, expected: `0 … ${rows - 1}` });
  }
}
