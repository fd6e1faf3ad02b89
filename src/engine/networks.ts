import type { FeatureCache } from '../nn/input.ts';
import { Network } from '../nn/network.ts';
import type { ModelRef } from '../protocol/model.ts';
import type { OptionValues } from '../protocol/options.ts';
import type { LoadedModel } from './model.ts';
import { keyOf } from './models.ts';
import { planRun, startingValues } from './plan.ts';
import type { Resident } from './resident.ts';
import { type Run, tunedNetwork } from './runs.ts';
import { taskOf } from './tasks.ts';

/** What stays on the device between two questions; gone with the backend. */
export class Networks {
  /** Networks that answer. */
  readonly #networks = new Map<string, Network>();
  #prefix: { key: string; cache: FeatureCache; beside?: { key: string; values: readonly FeatureCache[] } } | undefined;

  #resident: { key: string; resident: Resident } | undefined;

  /** The tuned network of a finished run. */
  tuned(run: Run): Network {
    return this.#network(`run/${run.id}`, () => tunedNetwork(run));
  }

  /** A model as it came, with its own head; where it has none, with one of a single class that means nothing. */
  pretrained(model: LoadedModel, task: OptionValues): Network {
    const key = `model/${keyOf(model.summary.ref)}/${JSON.stringify(taskOf(model.config.architecture).config(task))}`;
    return this.#network(key, () => {
      const classes = model.labels.length > 0 ? model.labels : [''];
      const plan = planRun(model, classes, { method: { id: 'full', options: {} }, task });
      return new Network(plan.architecture, startingValues(model, plan, 0));
    });
  }

  /** What a run began with: where that was random weights, no model has it. */
  begun({ id, model, plan, settings }: Run): Network {
    return this.#network(
      `model/run/${id}`,
      () => new Network(plan.architecture, startingValues(model, plan, settings.seed)),
    );
  }

  /** Made when first asked for. A second pair is not kept: weights take room. */
  #network(key: string, make: () => Network): Network {
    const known = this.#networks.get(key);
    if (known) return known;
    for (const [old, network] of this.#networks) {
      if (old.split('/', 1)[0] !== key.split('/', 1)[0]) continue;
      network.dispose();
      this.#networks.delete(old);
    }
    const network = make();
    this.#networks.set(key, network);
    return network;
  }

  /** Keeps one frozen prefix's output for the next run that has the same; disposes of the one before. */
  async prefix(key: string, make: () => Promise<FeatureCache | undefined>): Promise<FeatureCache | undefined> {
    if (this.#prefix?.key === key) return this.#prefix.cache;
    this.#dropPrefix();
    this.#dropResident();
    const cache = await make();
    if (cache) this.#prefix = { key, cache };
    return cache;
  }

  /** What else went through a kept prefix, kept as long as that is; undefined where the prefix is not kept itself. */
  besidePrefix(
    cache: FeatureCache | undefined,
    key: string,
    make: () => readonly FeatureCache[],
  ): readonly FeatureCache[] | undefined {
    const prefix = this.#prefix;
    if (!prefix || prefix.cache !== cache) return undefined;
    if (prefix.beside?.key === key) return prefix.beside.values;
    for (const values of prefix.beside?.values ?? []) values.dispose();
    delete prefix.beside;
    const values = make();
    prefix.beside = { key, values };
    return values;
  }

  #dropPrefix(): void {
    this.#prefix?.cache.dispose();
    for (const values of this.#prefix?.beside?.values ?? []) values.dispose();
    this.#prefix = undefined;
  }

  /** Keeps the examples of one data set for the next run that learns from them. `make` is told what a kept prefix takes. */
  async resident(key: string, make: (beside: number) => Promise<Resident | undefined>): Promise<Resident | undefined> {
    if (this.#resident?.key === key) return this.#resident.resident;
    this.#dropResident();
    const { cache } = this.#prefix ?? {};
    const resident = await make(cache?.place === 'device' ? cache.bytes : 0);
    if (resident) this.#resident = { key, resident };
    return resident;
  }

  #dropResident(): void {
    this.#resident?.resident.dispose();
    this.#resident = undefined;
  }

  /** Bytes of what is none of a run's that has this prefix: networks that answer about others, another run's prefix. */
  bytesBeside(cache: FeatureCache | undefined): number {
    const networks = [...this.#networks.values()].reduce((sum, { weights }) => sum + weights.bytes, 0);
    const other = this.#prefix && this.#prefix.cache !== cache ? this.#prefix.cache : undefined;
    return networks + (other?.place === 'device' ? other.bytes : 0);
  }

  /** A run's weights change. */
  outdate(run: string): void {
    this.#networks.get(`run/${run}`)?.dispose();
    this.#networks.delete(`run/${run}`);
  }

  /** A model is let go of. */
  forget(ref: ModelRef): void {
    for (const [key, network] of this.#networks) {
      if (!key.startsWith(`model/${keyOf(ref)}/`)) continue;
      network.dispose();
      this.#networks.delete(key);
    }
  }

  /** The device went away, and all of this with it: it must not be touched. */
  lose(): void {
    this.#networks.clear();
    this.#prefix = undefined;
    this.#resident = undefined;
  }

  dispose(): void {
    for (const network of this.#networks.values()) network.dispose();
    this.#dropPrefix();
    this.#dropResident();
    this.lose();
  }
}
