import { useCallback, useEffect, useMemo, useState } from 'react';
import { type DatasetEdit, type DatasetSummary, NONE } from '@/protocol/dataset.ts';
import { useKindTranslation } from '../../controls/kind-translation.ts';
import { useActions } from '../../studio-context.tsx';
import { type Filter, sectionsOf } from './filter.ts';
import { type Layout, layoutOf } from './layout.ts';
import { NOTHING, type Selection, within } from './selection.ts';

export type Gallery = ReturnType<typeof useGallery>;

/** What is shown, picked and looked at, and what can be done with it. */
export function useGallery(
  dataset: DatasetSummary,
  filter: Filter,
  columns: number,
  found: ReadonlySet<number> | undefined,
) {
  const { t } = useKindTranslation('data');
  const { edit, undo, redo } = useActions();
  const layout = useMemo<Layout>(
    () => layoutOf(sectionsOf(dataset, filter, found), columns),
    [dataset, filter, found, columns],
  );
  const [picked, setSelection] = useState<Selection>(NOTHING);
  const selection = useMemo(() => within(picked, layout.placeOf), [picked, layout]);
  const [wanted, setActive] = useState<number>();
  // The example under the keys: where it went from view, the first.
  const active = wanted !== undefined && layout.placeOf.has(wanted) ? wanted : layout.order[0];
  /** What was done last, for the status line. */
  const [said, say] = useState('');
  const { excluded } = dataset.examples;

  // Another data set, other ids.
  useEffect(() => {
    setSelection(NOTHING);
    setActive(undefined);
    say('');
  }, [dataset.id]);

  /** The picked examples, or the one under the keys. */
  const targets = useCallback(
    (): number[] => (selection.ids.size > 0 ? [...selection.ids] : active === undefined ? [] : [active]),
    [selection, active],
  );

  const act = useCallback(
    async (change: DatasetEdit, words: string) => {
      await edit(change);
      say(words);
    },
    [edit],
  );

  /** Gives examples a class, or takes it away with `NONE`; the next one comes under the keys. */
  const move = useCallback(
    async (ids: readonly number[], label: number) => {
      if (ids.length === 0) return;
      const going = new Set(ids);
      const from = active === undefined ? 0 : layout.placeOf.get(active)!;
      const next =
        layout.order.slice(from).find((id) => !going.has(id)) ?? layout.order.findLast((id) => !going.has(id));
      const name = label === NONE ? t('unsorted') : (dataset.classes[label]?.name ?? '');
      // At once: who types fast means the next one, whatever the engine is at.
      setSelection(NOTHING);
      setActive(next);
      await act({ kind: 'label', ids, label }, t('said.moved', { count: ids.length, name }));
    },
    [act, active, layout, dataset.classes, t],
  );

  /** Leaves examples out, or takes them back where all of them are out. */
  const toggleExcluded = useCallback(
    (ids: readonly number[]) => {
      if (ids.length === 0) return Promise.resolve();
      const back = ids.every((id) => excluded[id] === 1);
      return act(
        { kind: back ? 'include' : 'exclude', ids },
        t(back ? 'said.included' : 'said.excluded', { count: ids.length }),
      );
    },
    [act, excluded, t],
  );

  const takeBack = useCallback(async () => {
    if (!dataset.undo) return;
    await undo();
    say(t('said.undone', { edit: t(`edit.${dataset.undo.kind}`, { count: dataset.undo.count }) }));
  }, [dataset.undo, undo, t]);
  const doAgain = useCallback(async () => {
    if (!dataset.redo) return;
    await redo();
    say(t('said.redone', { edit: t(`edit.${dataset.redo.kind}`, { count: dataset.redo.count }) }));
  }, [dataset.redo, redo, t]);

  return {
    dataset,
    layout,
    selection,
    setSelection,
    active,
    setActive,
    targets,
    act,
    move,
    toggleExcluded,
    takeBack,
    doAgain,
    said,
    say,
  };
}
