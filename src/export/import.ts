import { readSafetensors } from '../lib/safetensors.ts';
import type { PreprocessorConfig, TaskId } from '../protocol/model.ts';
import { ProblemError } from '../protocol/problems.ts';
import { isFields, plainOptions, readSettings } from './settings-file.ts';
import type { Applied, Head, ImportedModel, PeftAdapter, StoredWeights } from './tuned-model.ts';

/** By these three an export is known. */
const MARKS = ['model.safetensors', 'config.json', 'settings.json'] as const;

type Entries = ReadonlyMap<string, Uint8Array>;

const isSystem = (path: string): boolean =>
  path.split('/').some((part) => part.startsWith('.') || ['__MACOSX', 'Thumbs.db', 'desktop.ini'].includes(part));

/**
 * Where each of an archive's files is once what an operating system put around them is gone: its own files, and folders
 * that hold everything else.
 */
function unwrapped(names: Iterable<string>): ReadonlyMap<string, string> {
  let paths = [...names].map((name): [string, string] => [name.replaceAll('\\', '/').replace(/^(\.?\/)+/, ''), name]);
  paths = paths.filter(([path]) => path !== '' && !path.endsWith('/') && !isSystem(path));
  for (;;) {
    const folder = paths[0]?.[0].split('/', 1)[0];
    if (folder === undefined || !paths.every(([path]) => path.startsWith(`${folder}/`))) return new Map(paths);
    paths = paths.map(([path, name]) => [path.slice(folder.length + 1), name]);
  }
}

/** Whether an archive with these names is a model that was exported here, zipped again or not. */
export function isExportedZip(names: readonly string[]): boolean {
  const paths = unwrapped(names);
  return MARKS.every((name) => paths.has(name));
}

/** The archive's files; what is wrong with one is said with the archive's name before its own. */
class Archive {
  readonly #entries: Entries;
  readonly #paths: ReadonlyMap<string, string>;
  readonly #file: string;

  constructor(entries: Entries, file: string) {
    this.#entries = entries;
    this.#paths = unwrapped(entries.keys());
    this.#file = file;
  }

  #named = (name: string): string => `${this.#file}/${name}`;

  damaged(name: string, reason: string, cause?: unknown): ProblemError {
    return new ProblemError('model-damaged', { file: this.#named(name), reason }, { cause });
  }

  mismatch(name: string, field: string, value: number | string, expected: number | string): ProblemError {
    return new ProblemError('model-mismatch', { file: this.#named(name), field, value, expected });
  }

  has(name: string): boolean {
    return this.#paths.has(name);
  }

  #bytes(name: string): Uint8Array {
    const bytes = this.#entries.get(this.#paths.get(name) ?? name);
    if (!bytes) throw this.damaged(name, 'missing');
    return bytes;
  }

  json(name: string): unknown {
    const bytes = this.#bytes(name);
    try {
      return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
    } catch (cause) {
      throw this.damaged(name, 'json', cause);
    }
  }

  fields(name: string): Readonly<Record<string, unknown>> {
    const value = this.json(name);
    if (!isFields(value)) throw this.damaged(name, 'json');
    return value;
  }

  labels(name: string): string[] {
    const value = this.json(name);
    if (Array.isArray(value) && value.length > 0 && value.every((label) => typeof label === 'string')) return value;
    throw this.damaged(name, 'labels');
  }

  weights(name: string): StoredWeights {
    const bytes = this.#bytes(name);
    try {
      const tensors = [...readSafetensors(bytes, this.#named(name))];
      return new Map(
        tensors.flatMap(([key, { shape, data }]) => (data instanceof Float32Array ? [[key, { shape, data }]] : [])),
      );
    } catch (cause) {
      throw cause instanceof ProblemError ? cause : this.damaged(name, 'header', cause);
    }
  }
}

/** A check of one field of a file; throws `model-config`. */
function expectField(file: string, field: string, value: unknown, expected: string, right: boolean): void {
  if (right) return;
  const text = typeof value === 'object' ? JSON.stringify(value) : String(value);
  throw new ProblemError('model-config', { file, field, value: text.slice(0, 80), expected });
}

const isCount = (value: unknown): value is number => Number.isInteger(value) && (value as number) > 0;

/** Throws `model-config` for a `config.json` that no architecture could read; the architecture checks the rest. */
function configOf(fields: Readonly<Record<string, unknown>>): ImportedModel['config'] {
  const { id2label: _, label2id: __, ...config } = fields;
  const { architecture, num_labels } = config;
  expectField('config.json', 'architecture', architecture, 'text', typeof architecture === 'string');
  if (num_labels !== undefined)
    expectField('config.json', 'num_labels', num_labels, 'integer >= 1', isCount(num_labels));
  return { ...config, num_labels: num_labels ?? 0 } as ImportedModel['config'];
}

function preprocessorOf(fields: Readonly<Record<string, unknown>>): PreprocessorConfig {
  const check = (field: string, value: unknown, expected: string, right: boolean) =>
    expectField('preprocessor_config.json', field, value, expected, right);
  const { do_center_crop, size, channels, rescale_factor, image_mean, image_std } = fields;
  check('do_center_crop', do_center_crop, 'true or false', typeof do_center_crop === 'boolean');
  check('size', size, '{ height, width }', isFields(size) && isCount(size.height) && isCount(size.width));
  check('channels', channels, '1 or 3', channels === 1 || channels === 3);
  check('rescale_factor', rescale_factor, 'number', Number.isFinite(rescale_factor));
  const perChannel = (values: unknown, usable: (value: number) => boolean) =>
    Array.isArray(values) && values.length === channels && values.every((v) => Number.isFinite(v) && usable(v));
  const numbers = `${channels} numbers`;
  check(
    'image_mean',
    image_mean,
    numbers,
    perChannel(image_mean, () => true),
  );
  check(
    'image_std',
    image_std,
    `${numbers} > 0`,
    perChannel(image_std, (value) => value > 0),
  );
  return { do_center_crop, size, channels, rescale_factor, image_mean, image_std } as unknown as PreprocessorConfig;
}

/** The new head has the shape of the old one, but for as many labels as it has. */
function checkHead(archive: Archive, weights: StoredWeights, labels: readonly string[], old: Head): void {
  for (const [name, { shape: before }] of old.weights) {
    const shape = weights.get(name)?.shape ?? [];
    const expected = before.map((size) => (size === old.labels.length ? labels.length : size));
    const fits = shape.length === before.length && shape.every((size, i) => size === expected[i] || size === before[i]);
    const sized = before.includes(old.labels.length) ? shape.includes(labels.length) : true;
    if (!fits || !sized)
      throw archive.mismatch('model.safetensors', name, `[${shape.join(', ')}]`, `[${expected.join(', ')}]`);
  }
}

/** The head that the base model came with; one for texts may have had none. */
function oldHead(archive: Archive, task: TaskId): Head {
  if (task !== 'image-classification' && !archive.has('pretrained_labels.json'))
    return { labels: [], weights: new Map() };
  const head = {
    labels: archive.labels('pretrained_labels.json'),
    weights: archive.weights('pretrained_head.safetensors'),
  };
  if (head.weights.size === 0) throw archive.damaged('pretrained_head.safetensors', 'empty');
  return head;
}

/** A method whose weights stand beside the model's. */
function appliedMethod(archive: Archive): Applied | undefined {
  if (!archive.has('method.json')) return undefined;
  const { id, options, places } = archive.fields('method.json');
  expectField('method.json', 'id', id, 'text', typeof id === 'string');
  const named = Object.entries(isFields(places) ? places : {}).filter(
    (entry): entry is [string, string] => typeof entry[1] === 'string',
  );
  return {
    method: { id: id as string, options: plainOptions(options) },
    weights: archive.weights('method.safetensors'),
    places: Object.fromEntries(named),
  };
}

/** Kept to go along: nothing here reads it. */
function peftAdapter(archive: Archive): PeftAdapter | undefined {
  if (!archive.has('adapter/adapter_config.json') || !archive.has('adapter/adapter_model.safetensors'))
    return undefined;
  return {
    config: archive.fields('adapter/adapter_config.json'),
    weights: archive.weights('adapter/adapter_model.safetensors'),
  };
}

/**
 * Reads back what `exportZip` wrote. `entries`: the archive's files by path; `file`: its name, for problems; `taskOf`
 * says what an architecture is for and which files make its inputs, and throws for one that is not known.
 * Throws `model-damaged` (a file is missing, cut short or no JSON), `model-config` (a field is not what it should be) or
 * `model-mismatch` (labels, configuration and weights disagree on the number of classes).
 */
export function importZip(
  entries: Entries,
  file: string,
  taskOf: (architecture: string) => { task: TaskId; processorFiles: readonly string[] },
): ImportedModel {
  const archive = new Archive(entries, file);
  const config = configOf(archive.fields('config.json'));
  const { task, processorFiles } = taskOf(config.architecture);
  // a model that writes has tokens, and no labels
  const labels = task === 'text-generation' ? [] : archive.labels('labels.json');
  if (labels.length !== config.num_labels)
    throw archive.mismatch('labels.json', 'num_labels', labels.length, config.num_labels);
  const weights = archive.weights('model.safetensors');
  if (weights.size === 0) throw archive.damaged('model.safetensors', 'empty');
  const pretrainedHead = oldHead(archive, task);
  const applied = appliedMethod(archive);
  const peft = peftAdapter(archive);
  checkHead(archive, weights, labels, pretrainedHead);
  const title = file.slice(file.lastIndexOf('/') + 1).replace(/\.zip$/i, '');
  return {
    ...readSettings(archive.fields('settings.json'), title, labels),
    task,
    config,
    processorFiles: Object.fromEntries(
      processorFiles.map((name) => {
        const fields = archive.fields(name);
        return [name, JSON.stringify(task === 'image-classification' ? preprocessorOf(fields) : fields)];
      }),
    ),
    labels,
    weights,
    ...(applied ? { applied } : {}),
    ...(peft ? { peft } : {}),
    pretrainedHead,
  };
}
