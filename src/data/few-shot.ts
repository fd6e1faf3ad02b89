import { seedOf, shuffled } from '../lib/random.ts';
import { examplesTaken, type RunSettings } from '../protocol/run.ts';
import type { Dataset } from './opened-dataset.ts';

/**
 * The training examples of a run: all, or a share or `examplesPerClass` of each class, drawn by seed, draw and class name,
 * so that one class does not change what is drawn of another, and fewer are a part of more. A class with fewer gives what
 * it has. Ascending.
 */
export function fewShot(
  { classes, ids, label }: Pick<Dataset, 'classes' | 'ids' | 'label'>,
  { fewShot: few, seed }: Pick<RunSettings, 'fewShot' | 'seed'>,
): readonly number[] {
  const all = ids('train');
  if (few.examplesPerClass === 0 && few.share === 1) return all;
  const byClass = classes.map((): number[] => []);
  for (const id of all) byClass[label(id)]!.push(id);
  return byClass
    .flatMap((own, i) => {
      const order = shuffled(own.length, seedOf(seed, few.draw, `few-shot.${classes[i]}`));
      return [...order.subarray(0, examplesTaken(own.length, few))].map((place) => own[place]!);
    })
    .toSorted((a, b) => a - b);
}
