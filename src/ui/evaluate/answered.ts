import { answerOf } from '@/lib/answers.ts';
import type { Evaluation } from '@/protocol/result.ts';

/** A test picture with what the model said of it. */
export interface Answered {
  /** Example of the data set. */
  id: number;
  path: string;
  /** Indices into the evaluation's classes. */
  truth: number;
  answer: number;
  right: boolean;
  /** Probability of the answer. */
  sure: number;
}

/** Answers whose pictures are there, mistakes first, surest first. */
export function answersOf({ answers }: Evaluation, paths: readonly string[]): Answered[] {
  return answers
    .flatMap(({ id, truth, probabilities }) => {
      const path = paths[id];
      if (path === undefined) return [];
      const answer = answerOf({ probabilities });
      return [{ id, path, truth, answer, right: answer === truth, sure: probabilities[answer]! }];
    })
    .sort((a, b) => Number(a.right) - Number(b.right) || b.sure - a.sure);
}
