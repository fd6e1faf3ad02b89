import { useDebouncedValue } from '@mantine/hooks';
import { useEffect, useMemo, useState } from 'react';
import { type DatasetSummary, SPLITS } from '@/protocol/dataset.ts';
import { type Problem, ProblemError } from '@/protocol/problems.ts';
import type { Actions } from '@/session/actions.ts';
import { useActions, useStudio } from '../studio-context.tsx';

/** Milliseconds without a change before the views are drawn again. */
const REST = 300;

/** Up to `count` training examples, each of another class as far as there are any; other ones from another seed. */
export function previewIds({ examples, classes }: DatasetSummary, count: number, seed: number): number[] {
  const { labels, splits } = examples;
  const byClass = classes.map(() => [] as number[]);
  const train = SPLITS.indexOf('train');
  for (let id = 0; id < examples.length; id++) if (splits[id] === train) byClass[labels[id]!]?.push(id);
  const filled = byClass.filter((ids) => ids.length > 0);
  if (filled.length === 0) return [];
  return Array.from({ length: count }, (_, i) => {
    const ids = filled[(i + seed * count) % filled.length]!;
    return ids[(seed + Math.floor(i / filled.length)) % ids.length]!;
  }).filter((id, i, all) => all.indexOf(id) === i);
}

/** Asks for altered views of some examples. */
export type Draw<V> = (actions: Actions, ids: readonly number[], seed: number) => Promise<readonly V[]>;

export interface Drawn<V> {
  ids: readonly number[];
  views: readonly V[];
}

/** The views of a few examples under the settings as they stand; `draw` stays the same. */
export function usePreview<V>(
  draw: Draw<V>,
  count: number,
  seed: number,
): { drawn: Drawn<V> | undefined; problem: Problem | undefined } {
  const actions = useActions();
  const dataset = useStudio((state) => state.dataset);
  const loaded = useStudio(({ model }) => model?.ref.id);
  const augmentation = useStudio((state) => state.settings.augmentation);
  const [settled] = useDebouncedValue(augmentation, REST);
  const [drawn, setDrawn] = useState<Drawn<V>>();
  const [problem, setProblem] = useState<Problem>();
  const ids = useMemo(() => (dataset ? previewIds(dataset, count, seed) : []), [dataset, count, seed]);
  useEffect(() => {
    if (!loaded || ids.length === 0) return;
    let wanted = true;
    draw(actions, ids, seed).then(
      (views) => {
        if (!wanted) return;
        setDrawn({ ids, views });
        setProblem(undefined);
      },
      (error) => wanted && setProblem(error instanceof ProblemError ? error.problem : undefined),
    );
    return () => {
      wanted = false;
    };
  }, [draw, actions, ids, seed, loaded, settled]);
  return { drawn, problem };
}
