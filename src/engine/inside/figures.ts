import type { Learner } from '../../nn/learner.ts';
import type { StepNorms } from '../../nn/norms.ts';
import { weightUses } from '../../nn/profile.ts';
import type { WeightValues } from '../../nn/weights.ts';
import type { Began, InsideFigures, InsideLook, InsideShape } from '../../protocol/inside.ts';

/** Sums of squares, weight by weight; `NaN` where there is none. */
interface Squares {
  /** Of what has changed since the beginning, and of the beginning. */
  moved: Float64Array;
  began: Float64Array;
  /** Of a step: the gradient, the change, the weight before it. */
  gradient: Float64Array;
  update: Float64Array;
  weight: Float64Array;
}

const squared = (values: Float32Array): number => {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i]! ** 2;
  return sum;
};

function squaredDistance(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i]! - b[i]!) ** 2;
  return sum;
}

/** Turns what a run's learner has of its weights into figures of weights and stages. Statistics are no weights. */
export class WeightFigures {
  readonly shape: InsideShape;
  private readonly beginning: WeightValues;
  /** Sums of squares of what the weights began as. */
  private readonly began: Float64Array;

  /** `isModels` says whether a weight began as the model's own. */
  constructor(learner: Learner, isModels: (name: string) => boolean) {
    const { profile } = learner.network;
    const uses = weightUses(profile).filter(({ spec }) => spec.role !== 'stat');
    this.beginning = learner.beginning;
    this.began = Float64Array.from(uses, ({ name }) => squared(this.beginning.get(name)!));
    const beganAs = (name: string, i: number): Began =>
      this.began[i] === 0 ? 'zero' : isModels(name) ? 'pretrained' : 'drawn';
    this.shape = {
      stages: profile.stages.map(({ name }) => name),
      weights: uses.map(({ name, stages }, i) => ({ name, stage: stages[0]!, began: beganAs(name, i) })),
    };
  }

  /** `now` has every weight that ever moved; the others are what they began as. */
  figures(now: WeightValues, norms: StepNorms | undefined): Pick<InsideLook, 'weights'> & { stages: InsideFigures } {
    const all = this.squares(now, norms);
    const { weights, stages } = this.shape;
    const single = weights.map((_, i) => [i]);
    const members = stages.map((_, stage) => weights.flatMap((weight, i) => (weight.stage === stage ? [i] : [])));
    return { weights: figuresOf(single, all), stages: figuresOf(members, all) };
  }

  private squares(now: WeightValues, norms: StepNorms | undefined): Squares {
    const { weights } = this.shape;
    const place = new Map(norms?.names.map((name, i) => [name, i]));
    const ofStep = (values: Float32Array | undefined) =>
      Float64Array.from(weights, ({ name }) => (values?.[place.get(name) ?? -1] ?? Number.NaN) ** 2);
    return {
      moved: Float64Array.from(weights, ({ name }) => {
        const value = now.get(name);
        return value ? squaredDistance(value, this.beginning.get(name)!) : 0;
      }),
      began: this.began,
      gradient: ofStep(norms?.gradient),
      update: ofStep(norms?.update),
      weight: ofStep(norms?.weight),
    };
  }
}

/** Of groups of weights, each taken as one vector. */
function figuresOf(groups: readonly (readonly number[])[], of: Squares): InsideFigures {
  const length = (group: readonly number[], squares: Float64Array): number => {
    const known = group.map((i) => squares[i]!).filter((square) => !Number.isNaN(square));
    return known.length > 0 ? Math.sqrt(known.reduce((sum, square) => sum + square, 0)) : Number.NaN;
  };
  const each = (figure: (group: readonly number[]) => number) => Float32Array.from(groups, figure);
  return {
    distance: each((group) => length(group, of.moved) / (length(group, of.began) || 1)),
    gradient: each((group) => length(group, of.gradient)),
    // a weight that is zero has no ratio: 0 / 0 is NaN, and so is what is not finite
    update: each((group) => {
      const ratio = length(group, of.update) / length(group, of.weight);
      return Number.isFinite(ratio) ? ratio : Number.NaN;
    }),
  };
}
