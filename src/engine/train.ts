import { breathe } from '../lib/breathe.ts';
import type { StepContext } from '../nn/learner.ts';
import type { RunChange } from '../protocol/control.ts';
import { ProblemError } from '../protocol/problems.ts';
import type { Finish, RunStatus, StepMetrics } from '../protocol/run.ts';
import type { Fed } from './feed.ts';
import { Reading } from './reading.ts';
import { RunState } from './run-state.ts';
import type { TrainEvent, TrainingJob } from './training-job.ts';

/** Steps whose loss may still be on its way from the device. */
const IN_FLIGHT = 3;

/**
 * Trains until the epochs are done, early stopping ends it, or the page does. The learner is left with the best
 * weights where the settings or the page ask for them. A problem ends it by throwing; what was best is in the events.
 */
export async function* train(job: TrainingJob): AsyncGenerator<TrainEvent, RunStatus> {
  return yield* new Training(job).run();
}

class Training {
  private readonly job: TrainingJob;
  private readonly state: RunState;
  private readonly reading: Reading;
  /** When the last step began, by the clock on the wall. */
  private began = Number.NEGATIVE_INFINITY;
  /** What is compiled: kernels of a step, and those of an answer. */
  private readonly ready = { step: false, answer: false };

  constructor(job: TrainingJob) {
    this.job = job;
    this.reading = new Reading(job);
    this.state = new RunState(job);
  }

  async *run(): AsyncGenerator<TrainEvent, RunStatus> {
    const { settings, control, from, until = settings.epochs } = this.job;
    const { state } = this;
    if (state.inForce.stages) this.move(state.inForce.stages);
    const first = 1 + (from ? state.takeUp(from) : 0);
    state.clock.start();
    if (settings.epochs === 0) yield* this.asItIs();
    else if (state.step === 0 || this.job.branches) yield* this.judge();
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

  /** The optimizer steps of one epoch; those that were done before are passed over. */
  private async *epoch(epoch: number): AsyncGenerator<TrainEvent> {
    const { control, learner, source } = this.job;
    const { state, reading } = this;
    if (this.job.moving && !state.inForce.stages) this.moveOnly(this.job.moving(epoch));
    const done = state.doneOf(epoch);
    if (done === 0) state.beginEpoch();
    const pending: Promise<StepMetrics>[] = [];
    const steps = reading.stepsOf(epoch).slice(done);
    const ahead = reading.ahead(steps);
    for (const step of steps) {
      yield* this.gate(pending);
      if (control.stop) break;
      // a single step leaves the run paused, so that the next can be asked for meanwhile
      const phase = control.paused ? 'paused' : 'running';
      const started = performance.now();
      const fed: Fed[] = [];
      for (const place of step) fed.push(await reading.next(ahead, place));
      if (!this.ready.step) await learner.prepare(fed[0]!, this.context());
      this.ready.step = true;
      await control.profiler?.before(pending, started);
      const point = this.trainStep(fed);
      await control.profiler?.after(point, { learner, source, fed, ids: step.map(({ batch }) => batch) });
      pending.push(point);
      if (pending.length >= IN_FLIGHT) yield { kind: 'metrics', point: await pending.shift()! };
      await breathe();
      const examples = step.reduce((sum, { batch }) => sum + batch.length, 0);
      state.clock.note((performance.now() - started) / 1000, examples);
      if (control.profiler?.isThrough) await this.beside(() => control.profiler?.measureDevice());
      yield state.say(phase);
    }
    for (const point of pending) yield { kind: 'metrics', point: await point };
  }

  /** What is no work of the run: its clock stands meanwhile. */
  private async beside(work: () => Promise<void> | undefined): Promise<void> {
    const { clock } = this.state;
    clock.pause();
    await work();
    clock.start();
  }

  /** Between two steps: does what was asked for, and waits while paused, or for a pace that people can follow. */
  private async *gate(pending: Promise<StepMetrics>[]): AsyncGenerator<TrainEvent> {
    const { control } = this.job;
    const { state } = this;
    const early = () => control.early(this.began, performance.now());
    while (!control.stop && (control.waits || control.requests.length > 0 || early() > 0)) {
      for (const point of pending.splice(0)) yield { kind: 'metrics', point: await point };
      if (control.requests.length > 0) {
        yield* this.obey();
        continue;
      }
      state.clock.pause();
      yield state.say(control.waits ? 'paused' : 'running');
      if (control.requests.length > 0) continue;
      if (control.waits) await control.changed();
      else if (early() > 0) await control.changed(early());
    }
    this.began = performance.now();
    state.clock.start();
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
          yield this.state.mark({ kind: 'change', change: request.change });
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
    this.state.inForce = { ...this.state.inForce, ...change };
    if (change.stages) this.move(change.stages);
  }

  private move(stages: readonly string[]): void {
    this.moveOnly(this.job.movable(stages));
  }

  private moveOnly(names: ReadonlySet<string>): void {
    const { learner } = this.job;
    learner.train(names);
    this.reading.movesFrom(learner.boundary);
  }

  private async *goBack(): AsyncGenerator<TrainEvent> {
    const { best } = this.state;
    if (!best) return;
    this.state.goBackTo(best);
    yield* this.keepHere({ kind: 'return', to: best.step });
  }

  /** The run can be taken up from here. */
  private async *keepHere(why: { kind: 'checkpoint' } | { kind: 'return'; to: number }): AsyncGenerator<TrainEvent> {
    const { control } = this.job;
    const checkpoint = await this.state.checkpoint();
    if (control.stop === 'lost') return;
    yield { kind: 'checkpoint', which: 'last', checkpoint };
    if (why.kind === 'checkpoint') yield { kind: 'checkpoint', which: 'asked', checkpoint };
    yield this.state.mark(why);
    yield this.state.say(control.paused ? 'paused' : 'running');
  }

  /** Of the next step. */
  private context(): StepContext {
    const { state } = this;
    const { momentum } = this.job.settings;
    return { step: state.step, learningRate: state.learningRate(), weightDecay: state.inForce.weightDecay, momentum };
  }

  /** Starts one optimizer step; resolves with its figures, when the device has come so far. */
  private trainStep(batches: readonly Fed[]): Promise<StepMetrics> {
    const { learner } = this.job;
    const { state } = this;
    const context = this.context();
    const measured = this.isMeasured(state.step + 1);
    const figures = learner.step(batches, context, measured);
    const count = batches.reduce((sum, batch) => sum + batch.count, 0);
    state.step++;
    const at = { step: state.step, seconds: state.clock.seconds };
    const point = figures.then((metrics) => state.trained(metrics, count, at, context.learningRate));
    point.catch(() => {}); // awaited later, or never once the run has ended
    return point;
  }

  /** Whether a step, counted from 1, is the last before a validation that is looked at. */
  private isMeasured(step: number): boolean {
    const { onlooker } = this.job;
    const { perEpoch } = this.state;
    if (!onlooker || step % perEpoch !== 0 || !onlooker.wants(step / perEpoch)) return false;
    onlooker.measures(step);
    return true;
  }

  /** What the model is worth now: its figures on the validation set, and what else is looked at. */
  private async *judge(): AsyncGenerator<TrainEvent, StepMetrics> {
    const started = performance.now();
    const point = await this.validate();
    yield { kind: 'metrics', point };
    const { run, step, epoch, seconds } = point;
    for (const watch of this.job.watchers ?? []) yield* await watch({ run, step, epoch, seconds });
    this.state.validationSeconds = (performance.now() - started) / 1000;
    return point;
  }

  /** Cross-entropy with the run's label smoothing, without class weights, over the whole validation set. */
  private async validate(): Promise<StepMetrics> {
    const { learner, settings, onlooker } = this.job;
    const { step, perEpoch } = this.state;
    const looks = onlooker?.wants(step / perEpoch) ? onlooker : undefined;
    let [loss, correct, examples] = [0, 0, 0];
    for await (const { batch, input, targets, count } of this.reading.validation()) {
      if (!this.ready.answer) await learner.prepareAnswer(input);
      this.ready.answer = true;
      looks?.before(batch);
      const evaluated = learner.evaluate(input, targets, looks?.observer);
      looks?.after(batch);
      const metrics = await evaluated;
      loss += metrics.loss * count;
      correct += metrics.correct;
      examples += count;
      await breathe();
    }
    // of texts whose answers were all cut away nothing can be said, nor learned
    if (examples === 0) throw new ProblemError('answers-cut', { most: Number(settings.task.maxLength) });
    return this.state.validated({ loss: loss / examples, correct, examples });
  }

  /** Nothing trains: the model is judged and kept as it is. */
  private async *asItIs(): AsyncGenerator<TrainEvent> {
    const validation = yield* this.judge();
    const checkpoint = await this.state.checkpoint();
    if (this.job.control.stop === 'lost') return;
    const isAccuracy = /accuracy/i.test(this.job.settings.earlyStopping.monitor);
    this.state.noteBest(checkpoint, isAccuracy ? validation.accuracy : validation.loss);
    for (const which of ['last', 'best'] as const) yield { kind: 'checkpoint', which, checkpoint };
  }

  /** Gives whether early stopping ends the run here. */
  private async *endOfEpoch(epoch: number): AsyncGenerator<TrainEvent, boolean> {
    const { state } = this;
    const validation = yield* this.judge();
    const seen = state.observed(epoch, validation);
    const checkpoint = await state.checkpoint();
    // a device that is lost may give zeros and no error: what was read after it is worth nothing
    if (this.job.control.stop === 'lost') return false;
    yield { kind: 'checkpoint', which: 'last', checkpoint };
    if (seen.improved) {
      state.noteBest(checkpoint, seen.state.best!);
      yield { kind: 'checkpoint', which: 'best', checkpoint };
    }
    state.endEpoch(epoch);
    if (seen.marks && state.best) yield state.mark({ kind: 'stopping', best: state.best.step });
    yield state.say('running');
    return seen.stop;
  }

  private async *end(finish: Finish): AsyncGenerator<TrainEvent, RunStatus> {
    const { settings, learner } = this.job;
    const { state } = this;
    if (finish === 'lost') throw new ProblemError('device-lost');
    yield state.say('finishing');
    state.clock.pause();
    const wantsBest = finish === 'stop-keep' || settings.earlyStopping.restoreBest;
    if (state.best && wantsBest && state.best.step !== state.step) learner.write(state.best.state);
    const phase = finish === 'completed' || finish === 'early-stopping' ? 'done' : 'stopped';
    return { ...state.say(phase).status, finish, secondsLeft: 0 };
  }
}
