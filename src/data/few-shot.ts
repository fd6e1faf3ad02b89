import { seedOf, shuffled } from '../lib/random.ts';
import type { RunSettings } from '../protocol/run.ts';
import type { Dataset } from './opened-dataset.ts';

/**
 * The training examples of a run: all, or `examplesPerClass` of each class, drawn by seed, draw and class name, so that
 * one class does not change what is drawn of another. A class with fewer gives what it has. Ascending.
 */
export function fewShot(
  { classes, ids, label }: Pick<Dataset, 'classes' | 'ids' | 'label'>,
  { fewShot: { examplesPerClass, draw }, seed }: Pick<RunSettings, 'fewShot' | 'seed'>,
): readonly number[] {
  const all = ids('train');
  if (examplesPerClass === 0) return all;
  const byClass = classes.map((): number[] => []);
  for (const id of all) byClass[label(id)]!.push(id);
  return byClass
    .flatMap((own, i) => {
      const order = shuffled(own.length, seedOf(seed, draw, `few-shot.${classes[i]}`));
      return [...order.subarray(0, examplesPerClass)].map((place) => own[place]!);
    })
    .toSorted((a, b) => a - b);
}
