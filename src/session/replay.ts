import { looksUpTo } from '../protocol/inside.ts';
import { isOver, type RunStatus } from '../protocol/run.ts';
import { betterOf } from './search.ts';
import { type Curves, latest, type Series, toPoints } from './series.ts';
import type { RunRecord } from './store.ts';

/** Seconds of training that a run recorded: where its replay ends. */
export const lengthOf = ({ train, validation, old, marks }: RunRecord): number =>
  Math.max(
    0,
    ...[train, validation, old].map((series) => latest(series, 'seconds') ?? 0),
    ...marks.map(({ seconds }) => seconds),
  );

/**
 * A run as it stood after so many seconds of training: its curves, marks, texts and state with nothing that came later.
 * From its end on it is the recorded run itself, the same object.
 */
export function at(run: RunRecord, seconds: number): RunRecord {
  const end = lengthOf(run);
  if (seconds >= end) return run;
  const curves: Curves = {
    train: before(run.train, seconds),
    validation: before(run.validation, seconds),
    old: before(run.old, seconds),
  };
  const judged = latest(curves.validation, 'step') ?? -1;
  return {
    ...run,
    ...curves,
    samples: run.samples.filter(({ step }) => step <= judged),
    inside: looksUpTo(run.inside, judged),
    map: looksUpTo(run.map, judged),
    matrix: run.matrix && { ...run.matrix, rows: run.matrix.rows.filter(({ step }) => step <= judged) },
    marks: run.marks.filter((mark) => mark.seconds <= seconds),
    status: statusAt(run, curves, end - seconds),
  };
}

/** The points up to a moment. Seconds never fall along a curve. */
function before(series: Series, seconds: number): Series {
  const own = series.columns.seconds.subarray(0, series.length);
  const past = own.findIndex((each) => each > seconds);
  return past < 0 ? series : { ...series, length: past };
}

function statusAt(run: RunRecord, curves: Curves, secondsLeft: number): RunStatus {
  const { finish: _, problem: __, best: ___, ...rest } = run.status;
  const step = Math.max(0, latest(curves.train, 'step') ?? 0, latest(curves.validation, 'step') ?? 0);
  const { best, wait, epoch } = stoppingAt(run, curves);
  return { ...rest, ...(best ? { best } : {}), phase: 'running', step, epoch, wait, secondsLeft };
}

/**
 * The best epoch so far and the epochs since, by the rule of the engine (Keras, `EarlyStopping`), from what the curves
 * say: of training an epoch's mean over its steps, weighted by examples.
 */
function stoppingAt(
  { id, settings: { earlyStopping: rule }, status: { stepsPerEpoch }, marks }: RunRecord,
  { train, validation }: Curves,
): Pick<RunStatus, 'wait' | 'epoch'> & { best?: NonNullable<RunStatus['best']> } {
  const { monitor } = rule;
  const sign = betterOf(rule) === 'max' ? 1 : -1;
  const column = /accuracy/i.test(monitor) ? 'accuracy' : 'loss';
  const judgements = toPoints(validation, id, 'validation');
  // one that was asked for between two epochs does not count
  const ends = judgements.filter(({ step }, i) => step % stepsPerEpoch === 0 && judgements[i - 1]?.step !== step);
  const steps = /^validation/.test(monitor) ? [] : toPoints(train, id, 'train');
  let best: NonNullable<RunStatus['best']> | undefined;
  let [wait, epoch] = [0, 0];
  for (const end of ends) {
    epoch = Math.round(end.step / Math.max(1, stepsPerEpoch));
    if (epoch <= rule.startFromEpoch) continue;
    const own = steps.filter(({ step }) => step > end.step - stepsPerEpoch && step <= end.step);
    const count = own.reduce((sum, { examples }) => sum + examples, 0);
    const mean = own.reduce((sum, point) => sum + point[column] * point.examples, 0) / Math.max(1, count);
    const value = steps.length > 0 ? mean : end[column];
    const improved = Number.isFinite(value) && (!best || sign * (value - best.value) > rule.minDelta);
    if (improved) best = { epoch, step: end.step, monitor, value };
    // patience begins anew with the best weights
    const back = marks.some(
      ({ kind, step }) => kind === 'return' && step >= end.step - stepsPerEpoch && step < end.step,
    );
    wait = improved ? 0 : (back ? 0 : wait) + 1;
  }
  return { ...(best ? { best } : {}), wait, epoch };
}

/** Whether there is something to replay. */
export const isRecorded = (run: RunRecord): boolean => isOver(run.status.phase) && lengthOf(run) > 0;
