import type { Architecture, Ops, Values } from '../core.ts';
import { AT_ONCE } from '../next-token.ts';
import { walk } from '../plan/execute.ts';
import { Plans } from '../plan/plans.ts';
import { liveAt, type Profile } from '../profile.ts';
import { abstractInputs } from '../shapes.ts';
import { type HeldKernels, heldKernels } from './kernels.ts';
import { bytesOf, type Held } from './ledger.ts';
import { heldOps, wasmKernels } from './prims.ts';
import { Recorder } from './recorder.ts';

/** Whose kernels run: what is done in one go keeps less. On WebGPU stages run by a plan. */
export type Interpreter = 'wasm' | 'webgpu';

export interface StepOptions {
  /** Examples in a batch, and tokens that the longest has. */
  sizes: { B: number; T: number };
  trainable: ReadonlySet<string>;
  /** First stage that trains; behind the last where none does. */
  boundary: number;
  /** What the stages before it leave is there already. */
  cached: boolean;
  batchStatistics: boolean;
  /** Stages run again on the way back. */
  checkpointing: boolean;
  /** The targets of tokens are smoothed. */
  smoothing: boolean;
  interpreter: Interpreter;
  /** Gradients have a place of their own from the first step on, and are counted from the start. */
  arenas: boolean;
}

/**
 * The most bytes that a forward and a backward pass of a batch hold at once, weights apart and with the gradients that are
 * there by then. Told from shapes alone, of the architecture's profile at the same sizes: nothing runs.
 */
export const trainingBytes = (architecture: Architecture, profile: Profile, o: StepOptions): number =>
  new Step(architecture, profile, o).train();

/** The same of an answer in inference, with its loss. */
export const answerBytes = (architecture: Architecture, profile: Profile, o: StepOptions): number =>
  new Step(architecture, profile, o).answer();

const known = new WeakMap<Architecture, Plans>();

/** Written down once: a person who tries settings asks again and again. */
function plansOf(architecture: Architecture): Plans {
  const plans = known.get(architecture) ?? new Plans(architecture, {});
  known.set(architecture, plans);
  return plans;
}

/** `Learner.gradients` and `Learner.evaluate`, by what they hold. */
class Step {
  private readonly architecture: Architecture;
  private readonly profile: Profile;
  private readonly o: StepOptions;
  private readonly recorder = new Recorder();
  private readonly weights: ReadonlyMap<string, Held>;
  private readonly ops: Ops<Held>;
  /** Where stages run by a plan. */
  private readonly planned: { plans: Plans; kernels: HeldKernels } | undefined;

  constructor(architecture: Architecture, profile: Profile, o: StepOptions) {
    this.architecture = architecture;
    this.profile = profile;
    this.o = o;
    const { recorder } = this;
    this.weights = new Map(
      [...profile.weights].map(([name, { shape }]) => [
        name,
        { shape, dtype: 'float32', buffer: { bytes: 0, holders: 1 } },
      ]),
    );
    for (const name of o.trainable) recorder.moving.add(this.weights.get(name)!);
    const batchStatistics = (name: string) => o.batchStatistics && o.trainable.has(`${name}.weight`);
    const options = { weight: (name: string) => this.weights.get(name)!, batchStatistics };
    const gpu = o.interpreter === 'webgpu';
    this.ops = heldOps(recorder, options, gpu ? undefined : wasmKernels);
    if (gpu) this.planned = { plans: plansOf(architecture), kernels: heldKernels(recorder) };
    recorder.addsInPlace = gpu;
  }

  train(): number {
    const { recorder, architecture, o } = this;
    const { ledger } = recorder;
    const start = this.until(o.boundary);
    const wanted = [...o.trainable].map((name) => this.weights.get(name)!);
    if (o.arenas) {
      ledger.take(wanted.reduce((sum, weight) => sum + bytesOf(weight), 0));
      for (const { buffer } of wanted) recorder.places.add(buffer);
    }
    const { result, tape } = recorder.record(() =>
      recorder.tidy(() => {
        const values = this.forward(start);
        return { loss: this.loss(values[architecture.output]!) };
      }),
    );
    recorder.backward(tape, new Map([[result.loss!, ledger.take(0)]]), wanted);
    return ledger.most;
  }

  answer(): number {
    const { recorder, architecture, o } = this;
    const boundary = o.cached ? o.boundary : 0;
    const { length } = architecture.stages;
    const last = Math.max(boundary, length - 1);
    const middle = this.through(this.until(boundary), [boundary, last]);
    const values = this.through(middle, [last, length]);
    this.noteLoss(values[architecture.output]!);
    return recorder.ledger.most;
  }

  /** `Network.until`: what stages from the boundary on are given. */
  private until(boundary: number): Values<Held> {
    const { recorder, architecture, profile, o } = this;
    if (o.cached && boundary > 0) {
      const given = abstractInputs(architecture.inputs, { ...o.sizes, B: 1 });
      const left = Object.assign(given, ...profile.stages.slice(0, boundary).map(({ output }) => output));
      const live = liveAt(architecture, boundary);
      return Object.fromEntries(live.map((name) => [name, recorder.made(resized(left[name]!, o.sizes.B))]));
    }
    const inputs = Object.entries(abstractInputs(architecture.inputs, o.sizes));
    const given = Object.fromEntries(inputs.map(([name, shape]) => [name, recorder.made(shape)]));
    return this.through(given, [0, boundary]);
  }

  /** Stages [from, to) in inference: what is given goes, and what later stages read comes. */
  private through(given: Values<Held>, [from, to]: readonly [number, number]): Values<Held> {
    if (from === to) return given;
    const values = this.planned
      ? this.byPlan([from, to], given, liveAt(this.architecture, to))
      : this.infer(given, from, to);
    const stays = new Set(Object.values(values));
    for (const x of Object.values(given)) if (!stays.has(x)) this.recorder.ledger.drop(x.buffer);
    return values;
  }

  /** `Plans.run`. */
  private byPlan([from, to]: readonly [number, number], values: Values<Held>, wanted: readonly string[]): Values<Held> {
    const { recorder, ops } = this;
    const { plans, kernels } = this.planned!;
    const plan = plans.plan(from, to, Object.keys(values), wanted);
    return recorder.tidy(() => walk(plan, ops, values, kernels, (x) => recorder.release(x)));
  }

  /** One of them as it runs on a tape. */
  private stage(at: number, values: Values<Held>): Values<Held> {
    const stage = this.architecture.stages[at]!;
    if (this.planned) return this.byPlan([at, at + 1], values, stage.writes);
    return this.recorder.tidy(() => stage.run(this.ops, values));
  }

  /** `infer` of `run.ts`, from one stage to another: only what is read later stays. */
  private infer(inputs: Values<Held>, from: number, to: number): Values<Held> {
    const { recorder, architecture } = this;
    const given = new Set(Object.values(inputs));
    let values = inputs;
    for (let i = from; i < to; i++) {
      const made = recorder.tidy(() => architecture.stages[i]!.run(this.ops, values));
      const live = new Set([
        ...liveAt(architecture, to),
        ...architecture.stages.slice(i + 1, to).flatMap(({ reads }) => reads),
      ]);
      const all = { ...values, ...made };
      const next = Object.fromEntries(Object.entries(all).filter(([name]) => live.has(name)));
      const stays = new Set(Object.values(next));
      for (const x of new Set([...Object.values(values), ...Object.values(made)]))
        if (!stays.has(x) && !given.has(x)) recorder.ledger.drop(x.buffer);
      values = next;
    }
    return values;
  }

  /** `runTaped`. */
  private forward(inputs: Values<Held>): Values<Held> {
    const { architecture, o } = this;
    const count = architecture.stages.length;
    // where nothing trains there is nothing to plan
    if (this.planned && !o.checkpointing && o.boundary < count)
      return this.byPlan([o.boundary, count], inputs, [architecture.output]);
    let values = inputs;
    for (let at = o.boundary; at < count; at++) {
      const again = o.checkpointing && at < count - 1;
      values = { ...values, ...(again ? this.runTwice(at, values) : this.stage(at, values)) };
    }
    return values;
  }

  private runTwice(at: number, values: Values<Held>): Values<Held> {
    const { recorder, architecture, profile, o } = this;
    const { ledger } = recorder;
    const stage = architecture.stages[at]!;
    const given: Record<string, Held> = Object.fromEntries(stage.reads.map((name) => [name, values[name]!]));
    const first = () => this.stage(at, given);
    const { result: made, tape: thrown } = recorder.record(this.planned ? () => recorder.still(first) : first);
    for (const node of thrown) for (const buffer of node.saved) ledger.drop(buffer);
    const weights = profile.stages[at]!.weights.filter((name) => o.trainable.has(name));
    const wanted = [
      ...stage.reads.map((name) => given[name]!).filter((x) => recorder.moving.has(x)),
      ...weights.map((name) => this.weights.get(name)!),
    ];
    const names = Object.keys(made);
    if (wanted.length > 0)
      recorder.add({
        outputs: names.map((name) => made[name]!),
        saved: Object.values(given).map((x) => ledger.hold(x.buffer)),
        back: (dys) => {
          const { result: remade, tape } = recorder.record(() => this.stage(at, given));
          const seeds = names.flatMap((name, i) => (dys[i] ? [[remade[name]!, ledger.hold(dys[i])] as const] : []));
          const found = recorder.backward(tape, new Map(seeds), wanted);
          for (const x of Object.values(remade)) if (!Object.values(given).includes(x)) ledger.drop(x.buffer);
          return wanted.map((x, i) => [x, found[i] ?? ledger.take(bytesOf(x))]);
        },
      });
    return made;
  }

  /** The task's objective, which keeps the logits. */
  private loss(logits: Held): Held {
    const { recorder } = this;
    const { ledger } = recorder;
    this.noteLoss(logits);
    const loss: Held = { shape: [], dtype: 'float32', buffer: { bytes: 0, holders: 1 } };
    if (this.planned)
      recorder.add({
        outputs: [loss],
        saved: [ledger.hold(logits.buffer), ledger.take(rowBytes(logits))],
        // where nobody else holds the logits their gradient takes their place
        back: () => [[logits, logits.buffer.holders === 1 ? ledger.hold(logits.buffer) : ledger.take(bytesOf(logits))]],
      });
    else
      recorder.add({
        outputs: [loss],
        saved: [ledger.hold(logits.buffer)],
        back: () => {
          const [whole, piece] = this.pieces(logits);
          // softmax, targets as integers and as numbers, their difference; with smoothing two more
          const parts = (this.o.smoothing ? 6 : 4) * piece;
          ledger.note(Math.max(parts, piece < whole ? whole + parts : 0, piece < whole ? 2 * whole : 0));
          return [[logits, ledger.take(whole)]];
        },
      });
    return loss;
  }

  /** log Σ exp(x) takes x - max and its exponential. */
  private noteLoss(logits: Held): void {
    const [whole, piece] = this.pieces(logits);
    this.recorder.ledger.note(this.planned ? rowBytes(logits) : (piece < whole ? 3 : 2) * piece);
  }

  /** Bytes of the logits, and of as many as are worked on at once. */
  private pieces(logits: Held): [number, number] {
    const whole = bytesOf(logits);
    return [whole, this.architecture.perToken ? Math.min(whole, 4 * AT_ONCE) : whole];
  }
}

/** What `crossEntropy` of the kernels keeps of logits: four numbers a row. */
const rowBytes = (logits: Held): number => (4 * bytesOf(logits)) / Number(logits.shape.at(-1));

/** A value of one example, for a batch. */
const resized = <T extends { shape: readonly (number | string)[] }>(x: T, batch: number): T => ({
  ...x,
  shape: [batch, ...x.shape.slice(1)],
});
