import { breathe } from '../lib/breathe.ts';
import type { TensorFile } from '../lib/safetensors.ts';
import type { Architecture, WeightSpec } from '../nn/core.ts';
import type { FeatureCache, Input } from '../nn/input.ts';
import { keptValues } from '../nn/kept-values.ts';
import { fromDisk } from '../nn/layout.ts';
import type { Learner } from '../nn/learner.ts';
import { initial, Weights, type WeightValues } from '../nn/weights.ts';
import type { LoadedModel } from './model.ts';
import { type OldPlan, ownPlan } from './old-plan.ts';
import type { ProbeBatch, Probes } from './old-task-probes.ts';
import { answersOf, type Score, scoreAnswers, scoreNeighbours } from './old-task-scores.ts';
import type { Run } from './runs.ts';

/** `examples`: probes, or their tokens where text is continued. */
export type Scored = Score & { examples: number };

/** Keeps what a prefix leaves as long as a run's own examples behind it; undefined where those are not kept. */
export type Beside = (key: string, make: () => readonly FeatureCache[]) => readonly FeatureCache[] | undefined;

/** What original models answered, by the file of their weights and what they ran on. */
const answered = new WeakMap<TensorFile, Map<string, Float32Array>>();

/** What networks come to of which a run moves nothing that the old task reads: the same in every such run. */
const unmoved = new WeakMap<TensorFile, Map<string, Scored>>();

/** What is known of a model by its file. */
function knownOf<T>(all: WeakMap<TensorFile, Map<string, T>>, { file }: LoadedModel): Map<string, T> {
  const known = all.get(file) ?? new Map<string, T>();
  all.set(file, known);
  return known;
}

/** The probes on the device, as far as they stay the same, and what the original model said to them. */
export class OldTask {
  private readonly run: Run;
  private readonly learner: Learner;
  private readonly probes: Probes;
  private readonly plan: OldPlan;
  private readonly count: number;
  private readonly beside: Beside;
  private readonly head: Weights;
  private batches: ProbeBatch[] | undefined;
  /** What the frozen prefix leaves of each batch: this run's alone, or kept for the next one too. */
  private kept: { values: readonly FeatureCache[]; shared: boolean } | undefined;
  private original: Float32Array | undefined;
  /** What it comes to as long as nothing that it reads has moved. */
  private still: Promise<Scored> | undefined;

  constructor(
    run: Run,
    learner: Learner,
    { probes, count, plan, beside }: { probes: Probes; count: number; plan: OldPlan; beside: Beside },
  ) {
    this.run = run;
    this.learner = learner;
    this.probes = probes;
    this.plan = plan;
    this.count = count;
    this.beside = beside;
    this.head = new Weights(plan.head, valuesOf(run.model, plan.head));
  }

  /** What the network as it is now makes of the old task. */
  score(): Promise<Scored> {
    const { architecture, head } = this.plan;
    const moved = this.learner.reach < architecture.stages.length - Math.min(1, head.size);
    if (moved) return this.measure();
    this.still ??= this.atRest();
    return this.still;
  }

  /** By weights that do not move. Where they are the model's own, what any run before came to. */
  private async atRest(): Promise<Scored> {
    const { model, settings, status, control, last } = this.run;
    if (last) return this.measure();
    // what each text is nearest to is what it was: the network is the one that it is held against
    if (this.probes.kind === 'neighbours') return { loss: 0, accuracy: 1, examples: this.count };
    const known = knownOf(unmoved, model);
    const { boundary } = this.plan;
    const key = JSON.stringify([status.backend, boundary, this.count, this.probes.own, settings.method]);
    const scored = known.get(key) ?? (await this.measure());
    // what comes from a device that is lost is no score
    if (control.stop !== 'lost') known.set(key, scored);
    return scored;
  }

  private async measure(): Promise<Scored> {
    this.batches ??= await this.probes.batches(this.count);
    this.keepPrefix(this.batches);
    const { kind, labels } = this.probes;
    if (kind === 'text') return this.continued(this.batches);
    this.original ??= kind === 'labels' ? undefined : await this.originalAnswers(this.batches);
    const output = await this.outputs(
      this.batches,
      this.plan.architecture,
      (name) => this.weight(name),
      this.kept?.values,
    );
    const examples = this.count;
    if (kind === 'neighbours') return { ...scoreNeighbours(output, this.original!, examples), examples };
    const wanted = kind === 'labels' ? labels! : answersOf(this.original!, examples);
    return {
      ...scoreAnswers(
        output,
        Array.from({ length: examples }, (_, i) => wanted[i]!),
      ),
      examples,
    };
  }

  private weight(name: string) {
    return this.plan.head.has(name) ? this.head.get(name) : this.learner.network.weights.get(name);
  }

  /** Runs the frozen prefix over the probes once, and lets that go when something of it has moved. */
  private keepPrefix(batches: readonly ProbeBatch[]): void {
    const { architecture, boundary } = this.plan;
    if (boundary === 0) return;
    if (this.learner.reach < boundary) {
      this.forgetPrefix();
      return;
    }
    if (this.kept) return;
    const weight = (name: string) => this.weight(name);
    const make = () =>
      batches.map(({ inputs }) =>
        keptValues(
          this.learner.network.until(boundary, { kind: 'arrays', batch: inputs }, { weight }, architecture),
          boundary,
        ),
      );
    const { kind, own = '' } = this.probes;
    const shared = this.beside([kind, own, this.count].join('/'), make);
    this.kept = { values: shared ?? make(), shared: shared !== undefined };
  }

  private inputOf(batches: readonly ProbeBatch[], place: number, kept: readonly FeatureCache[] | undefined): Input {
    const { ids, inputs } = batches[place]!;
    const cache = kept?.[place];
    return cache ? { kind: 'cached', cache, rows: Int32Array.from(ids) } : { kind: 'arrays', batch: inputs };
  }

  /** An architecture's output for every probe, in their order. */
  private async outputs(
    batches: readonly ProbeBatch[],
    architecture: Architecture,
    weight: (name: string) => ReturnType<Weights['get']>,
    kept: readonly FeatureCache[] | undefined,
  ): Promise<Float32Array> {
    let all: Float32Array | undefined;
    for (const [place, { ids }] of batches.entries()) {
      const data = await this.learner.network.logits(this.inputOf(batches, place, kept), { weight }, architecture);
      const width = data.length / ids.length;
      all ??= new Float32Array(this.count * width);
      for (const [row, id] of ids.entries()) all.set(data.subarray(row * width, (row + 1) * width), id * width);
      await breathe();
    }
    return all!;
  }

  /** By the weights that the model came with: those that this run moved before are read from its file. */
  private async originalAnswers(batches: readonly ProbeBatch[]): Promise<Float32Array> {
    const { model, last, status } = this.run;
    const known = knownOf(answered, model);
    const key = [status.backend, this.count, this.probes.own ?? ''].join('/');
    const own = ownPlan(model, this.probes.kind, { id: 'full', options: {} });
    const moved = [...(last?.state.weights.keys() ?? []), ...this.plan.head.keys()];
    const specs = new Map(
      moved.flatMap((name) => (own.profile.weights.has(name) ? [[name, own.profile.weights.get(name)!]] : [])),
    );
    const original = new Weights(specs, valuesOf(model, specs));
    const weight = (name: string) => (specs.has(name) ? original.get(name) : this.learner.network.weights.get(name));
    const answers =
      known.get(key) ?? (await this.outputs(batches, own.architecture, weight, last ? undefined : this.kept?.values));
    known.set(key, answers);
    original.dispose();
    return answers;
  }

  /** Next tokens of held-out text: nats a byte, and the share of right tokens. */
  private async continued(batches: readonly ProbeBatch[]): Promise<Scored> {
    let [loss, right, tokens, bytes] = [0, 0, 0, 0];
    for (const [place, { continued }] of batches.entries()) {
      const { targets, ...own } = continued!;
      const metrics = await this.learner.evaluate(this.inputOf(batches, place, this.kept?.values), targets);
      loss += metrics.loss * own.tokens;
      right += metrics.correct;
      tokens += own.tokens;
      bytes += own.bytes;
      await breathe();
    }
    return { loss: loss / bytes, accuracy: right / tokens, examples: tokens };
  }

  private forgetPrefix(): void {
    if (!this.kept?.shared) for (const cache of this.kept?.values ?? []) cache.dispose();
    this.kept = undefined;
  }

  dispose(): void {
    this.forgetPrefix();
    this.head.dispose();
  }
}

/** Of the model's file; what a method put into the head begins as its spec does. */
function valuesOf(model: LoadedModel, specs: ReadonlyMap<string, WeightSpec>): WeightValues {
  return new Map(
    [...specs].map(([name, spec]) => {
      const raw = model.file.get(name);
      return [name, (raw && fromDisk(raw, spec)) ?? initial(name, spec, 0)];
    }),
  );
}
