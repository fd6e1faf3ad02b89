import { findTensors, isReadable, type RawTensor, readTensor, type TensorPlace } from '../../lib/safetensors.ts';
import type { WeightSpec } from '../../nn/core.ts';
import { diskShape } from '../../nn/layout.ts';
import { ProblemError } from '../../protocol/problems.ts';
import type { PretrainedFolder } from './folder.ts';

/** A tensor, and the file that holds it. */
interface Held {
  place: TensorPlace;
  blob: Blob;
  /** As problems name it. */
  file: string;
}

/** The weights of a checkpoint in one file or several: found by their headers, and read one by one. */
export class PretrainedWeights {
  /** Files that hold weights, or list those that do. */
  readonly files: readonly string[];
  readonly #held: ReadonlyMap<string, Held>;
  readonly #main: string;

  private constructor(files: readonly string[], held: ReadonlyMap<string, Held>, main: string) {
    this.files = files;
    this.#held = held;
    this.#main = main;
  }

  /** Throws `checkpoint-incomplete`, `checkpoint-pickle`, `model-damaged`. */
  static async find(folder: PretrainedFolder): Promise<PretrainedWeights> {
    const main = folder.weights;
    const files = main.endsWith('.index.json') ? await shards(folder, main) : [main];
    const held = new Map<string, Held>();
    for (const name of files) {
      const [blob, file] = [folder.blob(name), folder.path(name)];
      for (const [tensor, place] of await findTensors(blob, file)) held.set(tensor, { place, blob, file });
    }
    if (held.size === 0) throw new ProblemError('model-damaged', { file: folder.path(main), reason: 'empty' });
    return new PretrainedWeights([...new Set([main, ...files])], held, folder.path(main));
  }

  /** The name that a weight has here: with what `transformers` puts before it or without, or as TensorFlow called it. */
  #find(name: string, prefix: string): Held | undefined {
    const short = name.startsWith(`${prefix}.`) ? name.slice(prefix.length + 1) : name;
    const old = (of: string) =>
      of.replace(/LayerNorm\.weight$/, 'LayerNorm.gamma').replace(/LayerNorm\.bias$/, 'LayerNorm.beta');
    const known = [name, short, old(name), old(short)].find((one) => this.#held.has(one));
    return known === undefined ? undefined : this.#held.get(known);
  }

  has(name: string, prefix: string): boolean {
    return this.#find(name, prefix) !== undefined;
  }
  /** As the file holds it. */
  shape(name: string, prefix: string): readonly number[] | undefined {
    return this.#find(name, prefix)?.place.shape;
  }

  /** Throws `model-mismatch` or `checkpoint-dtype`, each naming the weight, where it is not there as it should be. */
  check(name: string, prefix: string, spec: WeightSpec): void {
    const held = this.#find(name, prefix);
    if (!held) throw new ProblemError('model-mismatch', { file: this.#main, field: 'weight-missing', value: name });
    const { file, place } = held;
    const expected = diskShape(spec);
    if (String(place.shape) !== String(expected))
      throw new ProblemError('model-mismatch', {
        file,
        field: name,
        value: place.shape.join(' × '),
        expected: expected.join(' × '),
      });
    if (!isReadable(place.dtype)) throw new ProblemError('checkpoint-dtype', { file, field: name, value: place.dtype });
  }

  /** Those that a network has, in its own names; nothing else is read. Each `check`ed before. */
  async read(
    names: readonly string[],
    prefix: string,
    onProgress: (done: number, total: number) => void,
  ): Promise<Map<string, RawTensor>> {
    const wanted = names.map((name) => ({ name, ...this.#find(name, prefix)! }));
    const total = wanted.reduce((sum, { place }) => sum + place.to - place.from, 0);
    const read = new Map<string, RawTensor>();
    let done = 0;
    for (const { name, blob, place } of wanted) {
      read.set(name, await readTensor(blob, place));
      done += place.to - place.from;
      onProgress(done, total);
    }
    return read;
  }
}

/** The files that an index names, in order. */
async function shards(folder: PretrainedFolder, index: string): Promise<string[]> {
  const { weight_map: map } = await folder.fields(index);
  const names = typeof map === 'object' && map !== null ? Object.values(map) : [];
  if (names.length === 0 || !names.every((name) => typeof name === 'string'))
    throw new ProblemError('model-damaged', { file: folder.path(index), reason: 'json' });
  return [...new Set(names as string[])].toSorted();
}
