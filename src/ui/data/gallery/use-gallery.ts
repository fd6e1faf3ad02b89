import { useCallback, useEffect, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { type DatasetEdit, type ImageSummary, NONE } from '@/protocol/dataset.ts';
import { useActions } from '../../studio-context.tsx';
import { type Filter, sectionsOf } from './filter.ts';
import { type Layout, layoutOf } from './layout.ts';
import { NOTHING, type Selection, within } from './selection.ts';

export type Gallery = ReturnType<typeof useGallery>;

/** What is shown, picked and looked at, and what can be done with it. */
export function useGallery(dataset: ImageSummary, filter: Filter, columns: number) {
  const { t } = useTranslation('data');
  const { edit, undo, redo } = useActions();
  const layout = useMemo<Layout>(() => layoutOf(sectionsOf(dataset, filter), columns), [dataset, filter, columns]);
  const [picked, setSelection] = useState<Selection>(NOTHING);
  const selection = useMemo(() => within(picked, layout.placeOf), [picked, layout]);
  const [wanted, setActive] = useState<number>();
  // The picture under the keys: where it went from view, the first.
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

  /** The picked pictures, or the one under the keys. */
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

  /** Gives pictures a class, or takes it away with `NONE`; the next picture comes under the keys. */
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

  /** Leaves pictures out, or takes them back where all of them are out. */
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
