import { shippedModel } from '../models/metas.ts';
import type { ModelRef } from '../protocol/model.ts';
import { ProblemError } from '../protocol/problems.ts';
import { type LoadedModel, loadFiles, loadShipped } from './model.ts';
import type { Run } from './runs.ts';

export const keyOf = ({ kind, id }: ModelRef): string => `${kind}/${id}`;

/** What makes a model's inputs. */
type Reader = Pick<LoadedModel, 'config' | 'processor'>;

interface Around {
  /** The site's address, ending in `/`. */
  root: string;
  onProgress(done: number, total: number): void;
  /** A model that was dropped in and is kept with the open project. */
  imported(id: string): Promise<LoadedModel> | undefined;
}

/** The pretrained models that are loaded, each once. */
export class Models {
  readonly #around: Around;
  readonly #loaded = new Map<string, LoadedModel>();
  readonly #loading = new Map<string, Promise<LoadedModel>>();
  /** Of shipped models, by id. */
  readonly #readers = new Map<string, Reader>();

  constructor(around: Around) {
    this.#around = around;
  }

  add(model: LoadedModel): void {
    this.#loaded.set(keyOf(model.summary.ref), model);
  }

  remove(ref: ModelRef): void {
    this.#loaded.delete(keyOf(ref));
  }

  /** Throws `model-missing` and what loading throws. */
  async get(ref: ModelRef): Promise<LoadedModel> {
    const key = keyOf(ref);
    const known = this.#loaded.get(key) ?? this.#loading.get(key);
    if (known) return known;
    const loading = this.#load(ref);
    this.#loading.set(key, loading);
    try {
      const model = await loading;
      this.#loaded.set(key, model);
      return model;
    } finally {
      this.#loading.delete(key);
    }
  }

  async #load(ref: ModelRef): Promise<LoadedModel> {
    const { root, onProgress, imported } = this.#around;
    const model = ref.kind === 'imported' ? await imported(ref.id) : await loadShipped(ref.id, root, onProgress);
    if (!model) throw new ProblemError('model-missing', { file: ref.id });
    return model;
  }

  /** What makes a model's inputs: without its weights, where these are not here yet. */
  async reader(ref: ModelRef): Promise<Reader> {
    const known = this.#loaded.get(keyOf(ref)) ?? this.#readers.get(ref.id);
    if (known) return known;
    if (ref.kind === 'imported') return this.get(ref);
    const reader = await loadFiles(ref.id, this.#around.root);
    this.#readers.set(ref.id, reader);
    return reader;
  }

  /** The model that a run began with; of a tuned model that was dropped in, the shipped one it came from. */
  async baseOf(run: Run): Promise<LoadedModel> {
    if (!run.imported) return run.model;
    const { id } = run.model.origin;
    return shippedModel(id) ? this.get({ kind: 'shipped', id }) : run.model;
  }
}
