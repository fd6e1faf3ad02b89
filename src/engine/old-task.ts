import { breathe } from '../lib/breathe.ts';
import type { TensorFile } from '../lib/safetensors.ts';
import type { Architecture, WeightSpec } from '../nn/core.ts';
import type { FeatureCache, Input } from '../nn/input.ts';
import { keptValues } from '../nn/kept-values.ts';
import { fromDisk } from '../nn/layout.ts';
import type { Learner } from '../nn/learner.ts';
import { initial, Weights, type WeightValues } from '../nn/weights.ts';
import type { ExampleSource } from '../tasks/engine.ts';
import type { LoadedModel } from './model.ts';
import { ownHead } from './old-head.ts';
import { chooseLooks, type Looks, lookFlops, runFlops } from './old-task-cost.ts';
import { loadProbes, type ProbeBatch, type Probes } from './old-task-probes.ts';
import { answersOf, type Score, scoreAnswers, scoreNeighbours } from './old-task-scores.ts';
import { ownProbes } from './own-probes.ts';
import { type Plan, planRun } from './plan.ts';
import type { Run } from './runs.ts';
import type { Studio } from './studio.ts';
import type { Watcher } from './watch.ts';

/** What looks at the task that a run's model knew before, and holds something on the device until it is let go. */
export interface OldTaskWatch {
  watch: Watcher;
  dispose(): void;
}

/**
 * Scores the old task of a run's model at its validations. Undefined where that was not asked for, where there are no
 * probes, or where the run does not begin with what the model knew.
 */
export async function watchOldTask(
  { root, networks }: Pick<Studio, 'root' | 'networks'>,
  run: Run,
  learner: Learner,
  how: { source: ExampleSource; prefixMoved: boolean; cache: FeatureCache | undefined },
): Promise<OldTaskWatch | undefined> {
  const { settings, data } = run;
  if (!settings.oldTask.watch || settings.start === 'scratch' || !data) return undefined;
  // a site that cannot give them now keeps nobody from training
  const probes = await probesOf(run, root).catch(() => undefined);
  if (!probes) return undefined;
  const plan = oldPlan(run, probes);
  const looks = looksOf(run, how.source, probes, plan);
  const beside: Beside = (key, make) => networks.besidePrefix(how.cache, key, make);
  const from = how.prefixMoved ? { ...plan, boundary: 0 } : plan;
  const task = new OldTask(run, learner, { probes, count: looks.count, plan: from, beside });
  const { epochs } = settings;
  return {
    async watch({ run: id, step, epoch, seconds }) {
      // within an epoch somebody asked for it
      const due = !Number.isInteger(epoch) || epoch % looks.every === 0 || epoch === epochs;
      if (!due || run.control.stop) return [];
      const { examples, ...score } = await task.score();
      // what comes from a device that is lost is no score
      if (run.control.stop === 'lost') return [];
      return [{ kind: 'metrics', point: { run: id, split: 'old', step, epoch, seconds, ...score, examples } }];
    },
    dispose: () => task.dispose(),
  };
}

/** Those that the run began with: of what a person gave, none are left after a reload. */
async function probesOf({ status, probes, model, settings }: Run, root: string): Promise<Probes | undefined> {
  if (!status.probes) return loadProbes(model, root);
  return probes && ownProbes(probes, status.probes.kind, model, settings.seed);
}

/** The network that the old task is asked of, and where in it the frozen prefix ends. */
interface OldPlan {
  architecture: Architecture;
  boundary: number;
  /** Weights of the head that the model came with, where the run has another. */
  head: ReadonlyMap<string, WeightSpec>;
}

/** The tuned network's own architecture with the head that the model came with, or without any where it came with none. */
function oldPlan(run: Run, { kind }: Probes): OldPlan {
  const { model, plan, settings } = run;
  if (plan.keepsHead) return { architecture: plan.architecture, boundary: plan.boundary, head: new Map() };
  const { architecture } = ownPlan(model, kind, settings.method);
  return { architecture, boundary: plan.boundary, head: kind === 'neighbours' ? new Map() : ownHead(architecture) };
}

/** A method on a model with its own classes; of one without a head, up to the features of a text. */
function ownPlan(model: LoadedModel, kind: Probes['kind'], method: Run['settings']['method']): Plan {
  const classes = model.labels.length > 0 ? model.labels : [''];
  const task = kind === 'neighbours' ? { pooling: 'mean', maxLength: 512 } : { ...model.summary.headOptions };
  const plan = planRun(model, classes, { method, task });
  return kind === 'neighbours' ? { ...plan, architecture: headless(plan.architecture) } : plan;
}

const headless = (architecture: Architecture): Architecture => ({
  ...architecture,
  output: 'features',
  stages: architecture.stages.slice(0, -1),
});

/**
 * How many probes and how often: what was asked for, or what the run's cost leaves room for. The same where a run is taken
 * up again, whatever was done to it.
 */
function looksOf(
  { settings, plan, data }: Run,
  source: ExampleSource,
  probes: Probes,
  { architecture, boundary }: OldPlan,
): Looks {
  const { kind, count } = probes;
  const { epochs, oldTask } = settings;
  if (oldTask.every > 0) return { count, every: oldTask.every };
  const { train, validation } = data!.ids;
  const length = source.length ? train.reduce((sum, id) => sum + source.length!(id), 0) / train.length : 1;
  const examples = { train: train.length, validation: validation.length };
  const cached = settings.cachePrefix && boundary > 0 && source.rows !== false;
  const run = runFlops({ plan, settings, examples, length: Math.ceil(length), cached });
  const compares = kind === 'answers' || kind === 'neighbours';
  const probe = lookFlops({ architecture, boundary, length: Math.ceil(probes.length), compares });
  return chooseLooks(run, probe, { kind, count, epochs });
}

/** Keeps what a prefix leaves as long as a run's own examples behind it; undefined where those are not kept. */
type Beside = (key: string, make: () => readonly FeatureCache[]) => readonly FeatureCache[] | undefined;

/** What original models answered, by the file of their weights and what they ran on. */
const answered = new WeakMap<TensorFile, Map<string, Float32Array>>();

/** The probes on the device, as far as they stay the same, and what the original model said to them. */
class OldTask {
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
  /** What the newest look came to. */
  private scored: (Score & { examples: number }) | undefined;

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

  /** What the network as it is now makes of the old task. `examples`: probes, or their tokens where text is continued. */
  async score(): Promise<Score & { examples: number }> {
    const { architecture, head } = this.plan;
    // where nothing that it reads has ever moved, the old task is what it was at the first look
    const still = this.learner.reach >= architecture.stages.length - Math.min(1, head.size);
    this.scored = (still && this.scored) || (await this.measure());
    return this.scored;
  }

  private async measure(): Promise<Score & { examples: number }> {
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
    const known = answered.get(model.file) ?? new Map<string, Float32Array>();
    answered.set(model.file, known);
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
  private async continued(batches: readonly ProbeBatch[]): Promise<Score & { examples: number }> {
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
