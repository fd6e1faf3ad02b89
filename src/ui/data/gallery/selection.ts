/** Which examples are picked, and from where Shift reaches. */
export interface Selection {
  ids: ReadonlySet<number>;
  /** Where the last click or Space was. */
  anchor?: number | undefined;
}
export const NOTHING: Selection = { ids: new Set() };

export const only = (id: number): Selection => ({ ids: new Set([id]), anchor: id });

export function toggled({ ids }: Selection, id: number): Selection {
  const next = new Set(ids);
  if (!next.delete(id)) next.add(id);
  return { ids: next, anchor: id };
}

/** All between the anchor and `id`, in the order in which they are shown. */
export function reaching(
  { anchor }: Selection,
  id: number,
  order: readonly number[],
  placeOf: ReadonlyMap<number, number>,
): Selection {
  const to = placeOf.get(id);
  const from = anchor === undefined ? undefined : placeOf.get(anchor);
  if (to === undefined || from === undefined) return only(id);
  return { ids: new Set(order.slice(Math.min(from, to), Math.max(from, to) + 1)), anchor };
}

/** Without what is no longer shown: nobody should change what they do not see. */
export function within(selection: Selection, placeOf: ReadonlyMap<number, number>): Selection {
  if (selection.ids.size === 0) return selection;
  const ids = [...selection.ids].filter((id) => placeOf.has(id));
  return ids.length === selection.ids.size ? selection : { ...selection, ids: new Set(ids) };
}
