import { batchesOf, byLength, epochOrder, groupsOf } from '../data/batches.ts';
import { breathe } from '../lib/breathe.ts';
import { readAhead } from '../lib/read-ahead.ts';
import { learningRateAt, noPlateau, observePlateau, scheduleOf } from '../lib/schedule.ts';
import type { FeatureCache } from '../nn/input.ts';
import type { BatchMetrics } from '../nn/learner.ts';
import type { WeightValues } from '../nn/weights.ts';
import type { InForce } from '../protocol/marks.ts';
import { ProblemError } from '../protocol/problems.ts';
import type { EarlyStopping, Finish, RunChange, RunStatus, StepMetrics } from '../protocol/run.ts';
import type { Checkpoint, EpochSums } from './checkpoint.ts';
import { RunClock } from './clock.ts';
import { begin, direction, type EpochMetrics, observe } from './early-stopping.ts';
import { bucketsOf } from './examples.ts';
import { type Fed, Feed } from './feed.ts';
import { VALIDATION_BATCH } from './memory.ts';
import { stepsPerEpoch } from './plan-summary.ts';
import { beginningStatus, pointOf, statusAt } from './progress.ts';
import type { TrainEvent, TrainingJob } from './training-job.ts';

/** Steps whose loss may still be on its way from the device. */
const IN_FLIGHT = 3;

/** A mean loss above this is no longer learning: the right answers have a probability of e to the minus 100,000. */
const LOSS_BOUND = 1e5;

/** A batch of an epoch, and the place of its first example in the order of the epoch. */
interface Place {
  batch: readonly number[];
  epoch: number;
  first: number;
}

/** What was read before it is used. */
interface Ahead {
  feed: Feed;
  fed: Fed;
}

/**
 * Trains until the epochs are done, early stopping ends it, or the page does. The learner is left with the best
 * weights where the settings or the page ask for them. A problem ends it by throwing; what was best is in the events.
 */
export async function* train(job: TrainingJob): AsyncGenerator<TrainEvent, RunStatus> {
  return yield* new Training(job).run();
}

class Training {
  private readonly job: TrainingJob;
  private readonly clock = new RunClock();
  private readonly perEpoch: number;
  private feed: Feed;
  /** The frozen prefix's output, as long as nothing in it has moved. */
  private cache: FeatureCache | undefined;
  private inForce: InForce;
  private step = 0;
  private stopping = begin;
  private best: Checkpoint | undefined;
  private status: RunStatus;
  private validationSeconds = 0;
  /** When the last step began, by the clock on the wall. */
  private began = Number.NEGATIVE_INFINITY;
  /** Of the present epoch: sums over its training steps. */
  private epochSums: EpochSums = { loss: 0, correct: 0, examples: 0 };

  constructor(job: TrainingJob) {
    this.job = job;
    const { settings, ids } = job;
    const { length } = job.learned?.(1) ?? ids.train;
    this.perEpoch = stepsPerEpoch(length, settings.batchSize * settings.accumulate);
    this.cache = job.cache;
    this.feed = new Feed(job);
    this.inForce = job.inForce;
    this.status = beginningStatus(job, this.perEpoch);
  }

  async *run(): AsyncGenerator<TrainEvent, RunStatus> {
    const { settings, control, until = settings.epochs } = this.job;
    const first = this.takeUp();
    this.clock.start();
    if (settings.epochs === 0) yield* this.asItIs();
    else if (this.step === 0 || this.job.branches) yield* this.judge();
    let finish: Finish = until < settings.epochs ? 'halted' : 'completed';
    for (let epoch = first; epoch <= Math.min(until, settings.epochs); epoch++) {
      yield* this.epoch(epoch);
      if (control.stop === 'discard' || control.stop === 'lost') break;
      const ended = yield* this.endOfEpoch(epoch);
      // what was asked for in the last step of all is done too
      yield* this.obey();
      if (control.stop) break;
      if (ended && epoch < settings.epochs) {
        finish = 'early-stopping';
        break;
      }
    }
    if (control.stop) finish = control.stop === 'lost' ? 'lost' : `stop-${control.stop}`;
    return yield* this.end(finish);
  }

  /** Goes back to a checkpoint where there is one; gives the epoch to begin with, or to go on in. */
  private takeUp(): number {
    const { from, learner, settings } = this.job;
    if (this.inForce.stages) this.move(this.inForce.stages);
    if (!from) return 1;
    const { last, best } = from;
    learner.write(last.state, last.step);
    this.step = last.step;
    if (last.sums) this.epochSums = { ...last.sums };
    this.stopping = last.stopping;
    this.best = best;
    this.clock.add(last.seconds);
    this.status = { ...this.status, epoch: last.epoch, wait: last.stopping.wait };
    if (best) {
      const { monitor } = settings.earlyStopping;
      const value = best.stopping.best ?? Number.NaN;
      this.status = { ...this.status, best: { epoch: best.epoch, step: best.step, monitor, value } };
    }
    return last.epoch + 1;
  }

  /** The optimizer steps of one epoch, in an order drawn from the seed; those that were done before are passed over. */
  private async *epoch(epoch: number): AsyncGenerator<TrainEvent> {
    const { settings, ids, source, control } = this.job;
    if (this.job.moving && !this.inForce.stages) this.moveOnly(this.job.moving(epoch));
    const done = this.step - (epoch - 1) * this.perEpoch;
    if (done === 0) this.epochSums = { loss: 0, correct: 0, examples: 0 };
    const pending: Promise<StepMetrics>[] = [];
    const learned = this.job.learned?.(epoch) ?? ids.train;
    const order = epochOrder(learned.length, settings.seed, epoch, bucketsOf(source, learned, settings.batchSize));
    const places = [...batchesOf(learned, settings.batchSize, order)].map((batch, i) => ({
      batch,
      epoch,
      first: i * settings.batchSize,
    }));
    const steps = [...groupsOf(places, settings.accumulate)].slice(done);
    const ahead = readAhead(steps.flat(), (place) => this.read(place));
    for (const step of steps) {
      yield* this.gate(pending);
      if (control.stop) break;
      const started = performance.now();
      const fed: Fed[] = [];
      for (const place of step) fed.push(await this.next(ahead, place));
      pending.push(this.trainStep(fed));
      if (pending.length >= IN_FLIGHT) yield { kind: 'metrics', point: await pending.shift()! };
      await breathe();
      const examples = step.reduce((sum, { batch }) => sum + batch.length, 0);
      this.clock.note((performance.now() - started) / 1000, examples);
      yield this.say('running');
    }
    for (const point of pending) yield { kind: 'metrics', point: await point };
  }

  private async read({ batch, epoch, first }: Place): Promise<Ahead> {
    const { feed } = this;
    return { feed, fed: await feed.training(batch, epoch, first) };
  }

  /** What was read ahead, or the same anew where it is given in another way since: behind stages that move now. */
  private async next(ahead: AsyncGenerator<Ahead, void>, place: Place): Promise<Fed> {
    const { value } = await ahead.next();
    const { fed } = value?.feed === this.feed ? value : await this.read(place);
    return fed;
  }

  /** Between two steps: does what was asked for, and waits while paused, or for a pace that people can follow. */
  private async *gate(pending: Promise<StepMetrics>[]): AsyncGenerator<TrainEvent> {
    const { control } = this.job;
    const early = () => control.early(this.began, performance.now());
    while (!control.stop && (control.waits || control.requests.length > 0 || early() > 0)) {
      for (const point of pending.splice(0)) yield { kind: 'metrics', point: await point };
      if (control.requests.length > 0) {
        yield* this.obey();
        continue;
      }
      this.clock.pause();
      yield this.say(control.waits ? 'paused' : 'running');
      if (control.requests.length > 0) continue;
      if (control.waits) await control.changed();
      else if (early() > 0) await control.changed(early());
    }
    this.began = performance.now();
    this.clock.start();
    control.takeStep();
  }

  /** Does what was asked for, in the order in which it was. */
  private async *obey(): AsyncGenerator<TrainEvent> {
    const { control } = this.job;
    while (!control.stop) {
      const request = control.requests.shift();
      if (!request) return;
      switch (request.kind) {
        case 'change':
          this.change(request.change);
          yield this.mark({ kind: 'change', change: request.change });
          break;
        case 'validate':
          yield* this.judge();
          break;
        case 'checkpoint':
          yield* this.keepHere({ kind: 'checkpoint' });
          break;
        case 'return-to-best':
          yield* this.goBack();
          break;
        default:
          request satisfies never;
      }
    }
  }

  /** Holds from the next step on. */
  private change(change: RunChange): void {
    this.inForce = { ...this.inForce, ...change };
    if (change.stages) this.move(change.stages);
  }

  private move(stages: readonly string[]): void {
    this.moveOnly(this.job.movable(stages));
  }

  private moveOnly(names: ReadonlySet<string>): void {
    const { learner } = this.job;
    learner.train(names);
    if (!this.cache || learner.boundary >= this.cache.boundary) return;
    this.cache = undefined;
    this.feed = new Feed({ ...this.job, cache: undefined });
  }

  /** Weights and optimizer state of the best so far; the run goes on from them, and its patience begins anew. */
  private async *goBack(): AsyncGenerator<TrainEvent> {
    const { best } = this;
    if (!best) return;
    this.job.learner.write(best.state, best.step);
    this.stopping = { ...this.stopping, wait: 0 };
    this.status = { ...this.status, wait: 0 };
    yield* this.keepHere({ kind: 'return', to: best.step });
  }

  /** The run can be taken up from here. */
  private async *keepHere(why: { kind: 'checkpoint' } | { kind: 'return'; to: number }): AsyncGenerator<TrainEvent> {
    const checkpoint = await this.checkpoint();
    if (this.job.control.stop === 'lost') return;
    yield { kind: 'checkpoint', which: 'last', checkpoint };
    if (why.kind === 'checkpoint') yield { kind: 'checkpoint', which: 'asked', checkpoint };
    yield this.mark(why);
    yield this.say(this.job.control.paused ? 'paused' : 'running');
  }

  /** What the run can be taken up from. Throws `diverged` for weights that are no numbers. */
  private async checkpoint(): Promise<Checkpoint> {
    const { settings, learner, control } = this.job;
    const { step, stopping } = this;
    const state = await learner.read();
    // of a lost device what is read may be anything
    if (control.stop !== 'lost' && !areFinite(state.weights))
      throw new ProblemError('diverged', { step, learningRate: this.learningRate(Math.max(0, step - 1)) });
    const epoch = Math.floor(step / this.perEpoch);
    const sums = step > epoch * this.perEpoch ? { sums: { ...this.epochSums } } : {};
    return { step, epoch, seed: settings.seed, seconds: this.clock.seconds, stopping, ...sums, state };
  }

  private mark(
    what:
      | { kind: 'change'; change: RunChange }
      | { kind: 'checkpoint' }
      | { kind: 'return'; to: number }
      | { kind: 'stopping'; best: number },
  ): TrainEvent {
    const at = { run: this.job.run, step: this.step, epoch: this.step / this.perEpoch, seconds: this.clock.seconds };
    return { kind: 'mark', mark: { ...at, ...what } };
  }

  private learningRate(step: number): number {
    const schedule = scheduleOf(this.job.settings, this.status, this.inForce.learningRate);
    return (this.stopping.plateau?.factor ?? 1) * learningRateAt(step, schedule);
  }

  /** Starts one optimizer step; resolves with its figures, when the device has come so far. */
  private trainStep(batches: readonly Fed[]): Promise<StepMetrics> {
    const { settings, learner } = this.job;
    const learningRate = this.learningRate(this.step);
    const { momentum } = settings;
    const { weightDecay } = this.inForce;
    const measured = this.isMeasured(this.step + 1);
    const figures = learner.step(batches, { step: this.step, learningRate, weightDecay, momentum }, measured);
    const count = batches.reduce((sum, batch) => sum + batch.count, 0);
    this.step++;
    const at = { step: this.step, seconds: this.clock.seconds };
    const point = figures.then((metrics) => this.trainPoint(metrics, count, at, learningRate));
    point.catch(() => {}); // awaited later, or never once the run has ended
    return point;
  }

  /** Whether a step, counted from 1, is the last before a validation that is looked at. */
  private isMeasured(step: number): boolean {
    const { onlooker } = this.job;
    if (!onlooker || step % this.perEpoch !== 0 || !onlooker.wants(step / this.perEpoch)) return false;
    onlooker.measures(step);
    return true;
  }

  private trainPoint(
    { loss, correct, penalty }: BatchMetrics,
    examples: number,
    at: { step: number; seconds: number },
    learningRate: number,
  ): StepMetrics {
    if (!(loss < LOSS_BOUND)) throw new ProblemError('diverged', { step: at.step, learningRate });
    this.epochSums.loss += loss * examples;
    this.epochSums.correct += correct;
    this.epochSums.examples += examples;
    const point = pointOf(this.job.run, 'train', { loss, correct, examples }, { ...at, perEpoch: this.perEpoch });
    return { ...point, learningRate, ...(penalty === undefined ? {} : { penalty }) };
  }

  /** What the model is worth now: its figures on the validation set, and what else is looked at. */
  private async *judge(): AsyncGenerator<TrainEvent, StepMetrics> {
    const started = performance.now();
    const point = await this.validate();
    yield { kind: 'metrics', point };
    const { run, step, epoch, seconds } = point;
    for (const watch of this.job.watchers ?? []) yield* await watch({ run, step, epoch, seconds });
    this.validationSeconds = (performance.now() - started) / 1000;
    return point;
  }

  /** Cross-entropy with the run's label smoothing, without class weights, over the whole validation set. */
  private async validate(): Promise<StepMetrics> {
    const { ids, source, learner, settings, onlooker } = this.job;
    const looks = onlooker?.wants(this.step / this.perEpoch) ? onlooker : undefined;
    let loss = 0;
    let correct = 0;
    let total = 0;
    const batches = batchesOf(byLength(ids.validation, source.length), Math.max(settings.batchSize, VALIDATION_BATCH));
    const { feed } = this;
    const read = async (batch: readonly number[]) => ({ batch, ...(await feed.validation(batch)) });
    for await (const { batch, input, targets, count } of readAhead(batches, read)) {
      looks?.before(batch);
      const evaluated = learner.evaluate(input, targets, looks?.architecture);
      looks?.after(batch);
      const metrics = await evaluated;
      loss += metrics.loss * count;
      correct += metrics.correct;
      total += count;
      await breathe();
    }
    // of texts whose answers were all cut away nothing can be said, nor learned
    if (total === 0) throw new ProblemError('answers-cut', { most: Number(settings.task.maxLength) });
    const at = { step: this.step, seconds: this.clock.seconds, perEpoch: this.perEpoch };
    return pointOf(this.job.run, 'validation', { loss: loss / total, correct, examples: total }, at);
  }

  /** Nothing trains: the model is judged and kept as it is. */
  private async *asItIs(): AsyncGenerator<TrainEvent> {
    const validation = yield* this.judge();
    const { monitor } = this.job.settings.earlyStopping;
    const value = /accuracy/i.test(monitor) ? validation.accuracy : validation.loss;
    const checkpoint = await this.checkpoint();
    if (this.job.control.stop === 'lost') return;
    this.best = checkpoint;
    this.status = { ...this.status, best: { epoch: 0, step: 0, monitor, value } };
    for (const which of ['last', 'best'] as const) yield { kind: 'checkpoint', which, checkpoint };
  }

  private async *endOfEpoch(epoch: number): AsyncGenerator<TrainEvent, boolean> {
    const { settings, control } = this.job;
    const validation = yield* this.judge();
    const { loss, correct, examples } = this.epochSums;
    const rule: EarlyStopping = { ...settings.earlyStopping, patience: this.inForce.patience };
    const metrics: EpochMetrics = {
      loss: loss / Math.max(1, examples),
      accuracy: correct / Math.max(1, examples),
      validationLoss: validation.loss,
      validationAccuracy: validation.accuracy,
    };
    const seen = observe(this.stopping, rule, epoch, metrics);
    this.stopping = seen.state;
    if (settings.schedule === 'plateau') {
      const { monitor, mode } = settings.earlyStopping;
      const plateau = this.stopping.plateau ?? noPlateau;
      const next = observePlateau(plateau, settings, direction(mode, monitor), metrics[monitor]);
      this.stopping = { ...this.stopping, plateau: next };
    }
    const checkpoint = await this.checkpoint();
    // a device that is lost may give zeros and no error: what was read after it is worth nothing
    if (control.stop === 'lost') return false;
    yield { kind: 'checkpoint', which: 'last', checkpoint };
    if (seen.improved) {
      this.best = checkpoint;
      const { monitor } = settings.earlyStopping;
      this.status = { ...this.status, best: { epoch, step: this.step, monitor, value: seen.state.best! } };
      yield { kind: 'checkpoint', which: 'best', checkpoint };
    }
    this.status = { ...this.status, epoch, wait: seen.state.wait };
    if (seen.marks && this.best) yield this.mark({ kind: 'stopping', best: this.best.step });
    yield this.say('running');
    return seen.stop;
  }

  private async *end(finish: Finish): AsyncGenerator<TrainEvent, RunStatus> {
    const { settings, learner } = this.job;
    if (finish === 'lost') throw new ProblemError('device-lost');
    yield this.say('finishing');
    this.clock.pause();
    const wantsBest = finish === 'stop-keep' || settings.earlyStopping.restoreBest;
    if (this.best && wantsBest && this.best.step !== this.step) learner.write(this.best.state);
    const phase = finish === 'completed' || finish === 'early-stopping' ? 'done' : 'stopped';
    return { ...this.say(phase).status, finish, secondsLeft: 0 };
  }

  private say(phase: RunStatus['phase']): { kind: 'status'; status: RunStatus } {
    const { step, clock, validationSeconds } = this;
    this.status = statusAt(this.job, this.status, { phase, step, clock, validationSeconds });
    return { kind: 'status', status: this.status };
  }
}

const areFinite = (weights: WeightValues): boolean =>
  [...weights.values()].every((values) => values.every((value) => Number.isFinite(value)));
