import { answerOf } from '@/lib/answers.ts';
import { type DatasetSummary, exampleName } from '@/protocol/dataset.ts';
import type { Evaluation } from '@/protocol/result.ts';

/** A test example with what the model said of it. */
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

/** Answers whose examples are there, mistakes first, surest first. */
export function answersOf({ answers }: Evaluation, dataset: DatasetSummary): Answered[] {
  return answers
    .flatMap(({ id, truth, probabilities }) => {
      if (id >= dataset.examples.length) return [];
      const path = exampleName(dataset, id);
      const answer = answerOf({ probabilities });
      return [{ id, path, truth, answer, right: answer === truth, sure: probabilities[answer]! }];
    })
    .sort((a, b) => Number(a.right) - Number(b.right) || b.sure - a.sure);
}
