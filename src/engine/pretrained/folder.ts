import { baseName, folderOf, tidyPath, withoutExtension } from '../../data/paths.ts';
import { checkpointFolder, isOtherWeights, isSafetensors } from '../../lib/checkpoint-paths.ts';
import type { DroppedFile } from '../../protocol/dataset.ts';
import { ProblemError } from '../../protocol/problems.ts';

type Fields = Readonly<Record<string, unknown>>;

/** The files of a checkpoint, by name; nothing of one is read before it is asked for. */
export class PretrainedFolder {
  /** What a person calls it. */
  readonly name: string;
  readonly #files: ReadonlyMap<string, Blob>;
  readonly #label: string;

  /** `archive`: name of the zip that the files come from. */
  constructor(files: readonly DroppedFile[], archive?: string) {
    const tidy = files.map(({ path, file }) => ({ path: tidyPath(path), file }));
    const folder = checkpointFolder(tidy.map(({ path }) => path)) ?? '';
    const own = tidy.filter(({ path }) => folderOf(path) === folder);
    this.#files = new Map(own.map(({ path, file }) => [baseName(path), file]));
    this.#label = [archive, folder].filter(Boolean).join('/');
    this.name = (archive && withoutExtension(baseName(archive))) || baseName(folder);
  }

  get names(): readonly string[] {
    return [...this.#files.keys()];
  }
  has(name: string): boolean {
    return this.#files.has(name);
  }
  /** A file as problems name it. */
  path(name: string): string {
    return [this.#label, name].filter(Boolean).join('/');
  }

  #incomplete(missing: string): ProblemError {
    return new ProblemError('checkpoint-incomplete', { file: this.#label || this.names[0] || '', missing });
  }

  /** Throws `checkpoint-incomplete`. */
  blob(name: string): Blob {
    const blob = this.#files.get(name);
    if (blob) return blob;
    throw this.#incomplete(name);
  }

  /** Throws `checkpoint-incomplete`, or `model-damaged` where it is no JSON object. */
  async fields(name: string): Promise<Fields> {
    const blob = this.blob(name);
    let value: unknown;
    try {
      value = JSON.parse(await blob.text());
    } catch (cause) {
      throw new ProblemError('model-damaged', { file: this.path(name), reason: 'json' }, { cause });
    }
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Fields;
    throw new ProblemError('model-damaged', { file: this.path(name), reason: 'json' });
  }

  /**
   * The file with the weights, or with the list of those that have them. Throws `checkpoint-pickle` where they are in
   * another format, `checkpoint-incomplete`.
   */
  get weights(): string {
    const found = this.names.filter(isSafetensors);
    const index = found.find((name) => name.endsWith('.index.json'));
    const single = found.filter((name) => !name.endsWith('.index.json'));
    const name =
      found.find((one) => one === 'model.safetensors') ?? index ?? (single.length === 1 ? single[0] : undefined);
    if (name) return name;
    const other = this.names.find(isOtherWeights);
    if (other) throw new ProblemError('checkpoint-pickle', { file: this.path(other) });
    throw this.#incomplete('model.safetensors');
  }
}
