import { useDebouncedValue } from '@mantine/hooks';
import { useEffect, useState } from 'react';
import type { DatasetSummary } from '@/protocol/dataset.ts';
import { useActions } from '../../studio-context.tsx';

/** Milliseconds after the last letter. */
const REST = 200;

/** Texts that contain what is looked for, as the worker says; undefined where nothing is. Of pictures the page knows the names. */
export function useFound(dataset: DatasetSummary, query: string): ReadonlySet<number> | undefined {
  const { findTexts } = useActions();
  const [settled] = useDebouncedValue(query.trim(), REST);
  const [found, setFound] = useState<{ ids: ReadonlySet<number>; of: string }>();
  const { kind, id } = dataset;
  const wanted = kind === 'text' && query.trim() !== '' && settled !== '';
  useEffect(() => {
    if (!wanted) return;
    let asked = true;
    findTexts(settled).then(
      (ids) => asked && setFound({ ids: new Set(ids), of: id }),
      () => {},
    );
    return () => {
      asked = false;
    };
  }, [findTexts, wanted, settled, id]);
  // what was found before stays until the next is here
  return wanted && found?.of === id ? found.ids : undefined;
}
