import { inForce } from '@/protocol/marks.ts';
import { isOver } from '@/protocol/run.ts';
import type { RunRecord } from '@/session/store.ts';
import { type CurveRow, lastWith, type XAxisName } from './rows.ts';
import { linearTicks, logTicks, niceStep } from './ticks.ts';

/** Places on the horizontal axis, in its unit. */
export interface Extent {
  /** Where the curves have come to. */
  now: number;
  /** The axis's end: `now` once the run is over. */
  end: number;
  /** The end in epochs: whole unless the run broke off. */
  epochs: number;
  best?: { x: number; epoch: number };
  /** Where early stopping stops the run if nothing improves, or has stopped it. */
  stop?: { x: number; epoch: number };
}

/** The epoch at which the run stops unless it improves; undefined while it improves, or where the rule is off or only marks. */
export function stopEpoch({ settings, status, marks }: RunRecord): number | undefined {
  const { enabled, act } = settings.earlyStopping;
  const { patience } = inForce(settings, marks);
  if (status.finish === 'early-stopping') return Math.round(status.epoch);
  if (!enabled || act === 'mark' || !status.best || status.wait === 0 || isOver(status.phase)) return undefined;
  const stop = Math.floor(status.epoch) + Math.max(0, patience - status.wait);
  return stop <= status.epochs ? stop : undefined;
}

/** The last epoch to leave room for: all of a short plan, of a long one somewhat more than has been done. */
function horizon(done: number, planned: number, stop: number | undefined): number {
  if (planned <= 30) return planned;
  const wanted = Math.max(done * 1.2, stop === undefined ? 0 : stop + 0.5, 20);
  const step = Math.max(5, niceStep(wanted, 5));
  return Math.min(planned, Math.ceil(wanted / step) * step);
}

export function extentOf(run: RunRecord, rows: readonly CurveRow[], axis: XAxisName): Extent {
  const { status } = run;
  const last = rows.at(-1);
  const doneEpochs = last?.epoch ?? 0;
  /** Axis units in one epoch, as the run went so far. */
  const perEpoch =
    axis === 'epoch'
      ? 1
      : axis === 'step'
        ? status.stepsPerEpoch || 1
        : doneEpochs > 0
          ? (last?.seconds ?? 0) / doneEpochs
          : 1;
  const stop = stopEpoch(run);
  const now = last?.[axis] ?? 0;
  const over = isOver(status.phase);
  const { best } = status;
  const at = best ? rows.find((row) => row.step >= best.step) : undefined;
  const ended = over && now > 0;
  const epochs = ended ? doneEpochs : horizon(doneEpochs, status.epochs, stop);
  return {
    now,
    end: (ended ? now : axis === 'seconds' ? roundUp(epochs * perEpoch) : epochs * perEpoch) || 1,
    epochs,
    ...(best && at ? { best: { x: at[axis], epoch: best.epoch } } : {}),
    ...(stop === undefined ? {} : { stop: { x: over ? now : stop * perEpoch, epoch: stop } }),
  };
}

/** To a value that stays for a while as the estimate moves. */
function roundUp(value: number): number {
  const step = niceStep(value, 20);
  return Math.ceil(value / step) * step;
}

export interface LossDomain {
  low: number;
  high: number;
  ticks: number[];
}

/**
 * The loss axis: wide enough for the validation and the smoothed training line, not for every single batch. A run that
 * diverges leaves it through the top instead of flattening the rest.
 */
export function lossDomain(rows: readonly CurveRow[], scale: 'linear' | 'log'): LossDomain {
  const drawn = rows
    .flatMap((row) => [row.trainLoss, row.validationLoss])
    .filter((value): value is number => value !== undefined && (scale === 'linear' || value > 0));
  if (drawn.length === 0)
    return { low: scale === 'log' ? 0.1 : 0, high: 1, ticks: scale === 'log' ? [0.1, 1] : [0, 0.5, 1] };
  const begin = Math.max(rows.find((row) => row.trainLoss !== undefined)?.trainLoss ?? 0, firstValidation(rows));
  const most = drawn.reduce((a, b) => Math.max(a, b));
  const high = begin > 0 ? Math.min(most, 3 * begin) : most;
  if (scale === 'linear') {
    const ticks = linearTicks(high || 1);
    return { low: 0, high: ticks.at(-1) ?? 1, ticks };
  }
  const least = drawn.reduce((a, b) => Math.min(a, b));
  // in tenths of a decade, so that the axis does not move with every step
  const tenths = (value: number, round: (tenths: number) => number) => 10 ** (round(10 * Math.log10(value)) / 10);
  const [low, top] = [tenths(least / 1.1, Math.floor), tenths(Math.max(high, least * 1.5) * 1.05, Math.ceil)];
  return { low, high: top, ticks: logTicks(low, top) };
}

const firstValidation = (rows: readonly CurveRow[]): number =>
  rows.find((row) => row.validationLoss !== undefined)?.validationLoss ?? 0;

/** Where the two lines of a metric end. */
export const lineEnds = (rows: readonly CurveRow[], metric: 'loss' | 'accuracy') =>
  metric === 'loss'
    ? { train: lastWith(rows, 'trainLoss'), validation: lastWith(rows, 'validationLoss') }
    : { train: lastWith(rows, 'trainAccuracy'), validation: lastWith(rows, 'validationAccuracy') };
