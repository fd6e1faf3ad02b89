import type { Curve, RunFacts } from '../facts.ts';
import type { Measures } from '../measures.ts';
import type { Rule } from './rule.ts';

/** An epoch whose mean loss is this much above that of the untrained model was not bad luck. Ours. */
const ABOVE = 1.1;
/**
 * The loss before training is that of the validation pictures, and others may lie higher from the start. So validation
 * must have risen too, unless training rose this far. Ours.
 */
const FAR_ABOVE = 2;
/** Share of all movement of the epochs' losses that went up. A steady fall has none, pure noise a half. Ours. */
const UPWARDS = 0.35;
/** Jumps that are smaller than this share of the loss are noise. Ours. */
const JUMP = 0.2;
/** Below such a loss jumps do no harm. Ours. */
const SMALL_LOSS = 0.1;

/** After a loss that left all bounds; and Bengio 2012, section 3.1.1, where it only jumps: three times lower. */
const AFTER_DIVERGENCE = 10;
const AFTER_JUMPS = 3;

const lower = ({ settings: { learningRate } }: RunFacts, factor: number) => ({
  learningRate: Number((learningRate / factor).toPrecision(2)),
});

/** The loss left all bounds, rose above where it began, or jumps up and down from epoch to epoch. */
export const rateTooHigh: Rule = {
  code: 'rate-too-high',
  explains: ['few-examples', 'dirty-labels', 'majority', 'underfitting', 'overfitting', 'ran-out', 'stopping-idle'],
  look(facts, measures) {
    const { settings, status } = facts;
    const rate = settings.learningRate;
    if (status.problem?.code === 'diverged')
      return {
        severity: 'mend',
        because: 'diverged',
        values: { rate, step: Number(status.problem.values.step ?? status.step) },
        setUp: lower(facts, AFTER_DIVERGENCE),
      };
    const { training, before, validation, chanceLoss } = measures;
    const start = Math.max(before?.loss ?? 0, chanceLoss) || Number.POSITIVE_INFINITY;
    const highest = training.reduce((a, b) => (b.loss > a.loss ? b : a), training[0] ?? { epoch: 0, loss: 0 });
    const rose = highest.loss > FAR_ABOVE * start || validation.some(({ loss }) => loss > ABOVE * start);
    if (highest.loss > ABOVE * start && rose)
      return {
        severity: 'mend',
        because: 'rose',
        values: { rate, loss: highest.loss, epoch: highest.epoch, startLoss: start },
        setUp: lower(facts, AFTER_DIVERGENCE),
      };
    const jumps = jumpsOf(measures);
    if (jumps)
      return { severity: 'mend', because: 'jumps', values: { rate, ...jumps }, setUp: lower(facts, AFTER_JUMPS) };
    return undefined;
  },
};

/** How often and how far the loss of the epochs went up, where that is more than noise. */
function jumpsOf({ training }: Measures): { count: number; lowLoss: number; loss: number } | undefined {
  const losses = training.map(({ loss }) => loss);
  const moves = losses.slice(1).map((loss, i) => loss - losses[i]!);
  const ups = moves.flatMap((move, i) => (move > JUMP * losses[i]! && losses[i + 1]! > SMALL_LOSS ? [i] : []));
  const total = moves.reduce((sum, move) => sum + Math.abs(move), 0);
  const up = moves.reduce((sum, move) => sum + Math.max(0, move), 0);
  if (ups.length < 2 || up / total < UPWARDS) return undefined;
  const widest = ups.reduce((a, b) => (moves[b]! > moves[a]! ? b : a));
  return { count: ups.length, lowLoss: losses[widest]!, loss: losses[widest + 1]! };
}

/** A run that lost less than this share of its first loss hardly moved. Ours. */
const HARDLY = 0.1;
/** Fall of the loss in the second half of the way against that of the first: a straight line has 1, a curve that levels out less. Ours. */
const STRAIGHT = 0.6;
/** Above this share of right answers the rest does not matter. Ours. */
const ENOUGH = 0.9;

/** The loss falls along a straight line, or hardly at all, and the rate is below what suits the method. */
export const rateTooLow: Rule = {
  code: 'rate-too-low',
  explains: ['few-examples', 'dirty-labels', 'majority', 'underfitting', 'ran-out', 'stopping-idle', 'imbalance'],
  look({ settings: { learningRate: rate }, usualRate = Number.POSITIVE_INFINITY, train }, { training }) {
    const last = training.at(-1);
    const way = wayOf(train);
    if (!last || !way || rate >= usualRate || last.accuracy >= ENOUGH) return undefined;
    const fell = (way.begin - way.end) / way.begin;
    const straightness = (way.middle - way.end) / (way.begin - way.middle);
    const hardly = fell < HARDLY;
    if (!hardly && !(fell < 0.5 && straightness > STRAIGHT)) return undefined;
    const raised = usualRate / rate > 3 && Number.isFinite(usualRate) ? usualRate : rate * 10;
    return {
      severity: 'mend',
      because: hardly ? 'still' : 'straight',
      values: { rate, startLoss: way.begin, loss: way.end, epochs: last.epoch },
      setUp: { learningRate: Number(Math.min(1, raised).toPrecision(2)) },
    };
  },
};

/**
 * Training loss at the beginning, half way and at the end of the run, each a mean over a tenth of the steps. The way is
 * measured in learning rate, not in steps: a schedule that falls levels every curve out.
 */
function wayOf({ loss, learningRate }: Curve): { begin: number; middle: number; end: number } | undefined {
  const steps = loss.length;
  if (steps < 4) return undefined;
  const width = Math.max(1, Math.round(steps / 10));
  const mean = (from: number): number => {
    const start = Math.min(steps - width, Math.max(0, from));
    let sum = 0;
    for (let i = start; i < start + width; i++) sum += loss[i]!;
    return sum / width;
  };
  let total = 0;
  for (let i = 0; i < steps; i++) total += learningRate[i] || 0;
  let half = 0;
  for (let gone = 0; half < steps && gone < total / 2; half++) gone += learningRate[half] || 0;
  return { begin: mean(0), middle: mean(half - Math.round(width / 2)), end: mean(steps - width) };
}
