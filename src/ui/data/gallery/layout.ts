import type { Section } from './filter.ts';

/** A row of the gallery: a class's name, or examples side by side; texts stand alone in theirs. */
export type Row =
  | { kind: 'head'; section: Section }
  /** `first` is the place of its first example among all that are shown. */
  | { kind: 'examples'; ids: readonly number[]; first: number };

export interface Layout {
  rows: readonly Row[];
  /** Every example that is shown, in order. */
  order: readonly number[];
  /** By place in `order`: its row and its column. */
  rowOf: Int32Array;
  columnOf: Int32Array;
  /** By example: its place in `order`. */
  placeOf: ReadonlyMap<number, number>;
  columns: number;
}

/** Breaks the sections into rows of `columns` examples; one that has no class has no heading. */
export function layoutOf(sections: readonly Section[], columns: number): Layout {
  const order = sections.flatMap(({ ids }) => ids);
  const rowOf = new Int32Array(order.length);
  const columnOf = new Int32Array(order.length);
  const rows: Row[] = [];
  let first = 0;
  for (const section of sections) {
    if (section.label !== undefined) rows.push({ kind: 'head', section });
    for (let from = 0; from < section.ids.length; from += columns) {
      const ids = section.ids.slice(from, from + columns);
      rowOf.fill(rows.length, first, first + ids.length);
      for (let column = 0; column < ids.length; column++) columnOf[first + column] = column;
      rows.push({ kind: 'examples', ids, first });
      first += ids.length;
    }
  }
  return { rows, order, rowOf, columnOf, placeOf: new Map(order.map((id, place) => [id, place])), columns };
}

/** How many columns of at least `least` px fit into `width`, and how wide each becomes. */
export function columnsIn(width: number, least: number, gap: number): { columns: number; size: number } {
  const columns = Math.max(3, Math.floor((width + gap) / (least + gap)));
  return { columns, size: Math.max(1, (width - gap * (columns - 1)) / columns) };
}

/** Rows that Page Up and Page Down pass over. */
const PAGE = 4;

/** The place that a key leads to from `place`; undefined where the key is none of these. */
export function moved(layout: Layout, place: number, key: string): number | undefined {
  const last = layout.order.length - 1;
  switch (key) {
    case 'ArrowLeft':
      return Math.max(0, place - 1);
    case 'ArrowRight':
      return Math.min(last, place + 1);
    case 'ArrowUp':
      return vertical(layout, place, -1);
    case 'ArrowDown':
      return vertical(layout, place, 1);
    case 'PageUp':
      return vertical(layout, place, -PAGE);
    case 'PageDown':
      return vertical(layout, place, PAGE);
    case 'Home':
      return 0;
    case 'End':
      return last;
    default:
      return undefined;
  }
}

/** So many rows of examples up or down, in the same column or the last before it. */
function vertical({ rows, rowOf, columnOf }: Layout, place: number, by: number): number {
  const step = Math.sign(by);
  let left = Math.abs(by);
  let found = place;
  for (let at = rowOf[place]! + step; left > 0 && at >= 0 && at < rows.length; at += step) {
    const row = rows[at]!;
    if (row.kind !== 'examples') continue;
    found = row.first + Math.min(columnOf[place]!, row.ids.length - 1);
    left--;
  }
  return found;
}
