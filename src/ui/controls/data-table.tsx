import { Tooltip } from '@mantine/core';
import { IconChevronDown, IconChevronUp } from '@tabler/icons-react';
import { useVirtualizer } from '@tanstack/react-virtual';
import { type ReactNode, useMemo, useRef, useState } from 'react';
import styles from './data-table.module.css';
import type { PlainTable } from './download-csv.ts';

export interface Column<Row> {
  /** Name in a saved table: `precision`. */
  id: string;
  label: string;
  /** What it means, in a tooltip. */
  help?: string;
  /** What it sorts by and what is saved. */
  value(row: Row): string | number | undefined;
  /** As the page writes it; the value unless told. */
  cell?(row: Row): ReactNode;
  /**
   * Left for words, right for figures, bars as wide as there is room; a bar is not read out. What can be done with a row
   * stands at its end, under no name, and is not saved.
   */
  kind?: 'words' | 'figure' | 'bar' | 'deed';
  strong?: boolean;
  /** Not on a phone. */
  wideOnly?: boolean;
}

interface DataTableProps<Row> {
  label: string;
  columns: readonly Column<Row>[];
  rows: readonly Row[];
  keyOf(row: Row): string | number;
  /** A row can be opened, by its first cell. */
  onOpen?(row: Row): void;
}

/** More rows than this are drawn only where they are seen. */
const VIRTUAL_FROM = 60;
const ROW_HEIGHT = 37;

/** The same columns as a file: every row, in the order given. */
export const plainTable = <Row,>(columns: readonly Column<Row>[], rows: readonly Row[]): PlainTable => {
  const saved = columns.filter(({ kind }) => kind !== 'bar' && kind !== 'deed');
  return { header: saved.map(({ id }) => id), rows: rows.map((row) => saved.map(({ value }) => value(row))) };
};

/** A table that sorts by a press on a column's name and scrolls in itself. */
export function DataTable<Row>({ label, columns, rows, keyOf, onOpen }: DataTableProps<Row>) {
  const [order, setOrder] = useState<{ id: string; down: boolean }>();
  const sorted = useMemo(() => sortRows(columns, rows, order), [columns, rows, order]);
  const scroll = useRef<HTMLElement>(null);
  const many = sorted.length > VIRTUAL_FROM;
  const virtual = useVirtualizer({
    count: sorted.length,
    enabled: many,
    getScrollElement: () => scroll.current,
    estimateSize: () => ROW_HEIGHT,
    overscan: 8,
  });
  const items = virtual.getVirtualItems();
  const [first, last] = [items[0], items.at(-1)];
  const seen = many ? items.map(({ index }) => sorted[index]!) : sorted;
  const turn = (id: string) => setOrder((now) => ({ id, down: now?.id === id ? !now.down : true }));
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by the keyboard
    <section ref={scroll} className={styles.scroll} tabIndex={0} aria-label={label}>
      <table className={styles.table} aria-rowcount={many ? sorted.length + 1 : undefined}>
        <thead>
          <tr>
            {columns.map((column) => (
              <Head key={column.id} column={column} order={order} onTurn={() => turn(column.id)} />
            ))}
          </tr>
        </thead>
        <tbody>
          {many && <Gap height={first?.start ?? 0} />}
          {seen.map((row, i) => (
            <tr key={keyOf(row)} aria-rowindex={many ? (first?.index ?? 0) + i + 2 : undefined}>
              {columns.map((column, j) => (
                <Cell key={column.id} column={column} row={row} head={j === 0} onOpen={onOpen} />
              ))}
            </tr>
          ))}
          {many && <Gap height={virtual.getTotalSize() - (last?.end ?? 0)} />}
        </tbody>
      </table>
    </section>
  );
}

function sortRows<Row>(
  columns: readonly Column<Row>[],
  rows: readonly Row[],
  order: { id: string; down: boolean } | undefined,
): readonly Row[] {
  const column = columns.find(({ id }) => id === order?.id);
  if (!column || !order) return rows;
  const sign = order.down ? -1 : 1;
  return rows
    .map((row) => ({ row, value: column.value(row) }))
    .sort((a, b) => {
      if (typeof a.value === 'string' && typeof b.value === 'string') return -sign * a.value.localeCompare(b.value);
      const [x, y] = [Number(a.value), Number(b.value)];
      // what has no number comes last, whichever way
      if (Number.isNaN(x) || Number.isNaN(y)) return Number(Number.isNaN(x)) - Number(Number.isNaN(y));
      return sign * (x - y);
    })
    .map(({ row }) => row);
}

const Gap = ({ height }: { height: number }) =>
  height > 0 ? (
    <tr>
      <td aria-hidden="true" style={{ height, padding: 0, border: 0 }} />
    </tr>
  ) : null;

interface HeadProps<Row> {
  column: Column<Row>;
  order: { id: string; down: boolean } | undefined;
  onTurn(): void;
}

function Head<Row>({ column: { id, label, help, kind, wideOnly }, order, onTurn }: HeadProps<Row>) {
  const place = { 'data-kind': kind, 'data-wide': wideOnly };
  if (kind === 'bar' || kind === 'deed') return <td {...place} aria-hidden="true" />;
  const on = order?.id === id;
  // names go up from A, numbers down from the greatest: the first press shows what is looked for
  const up = on && order.down === (kind !== 'figure');
  const button = (
    <button type="button" className="plain-button" onClick={onTurn}>
      {label}
      {on && (up ? <IconChevronUp size={12} aria-hidden="true" /> : <IconChevronDown size={12} aria-hidden="true" />)}
    </button>
  );
  return (
    <th scope="col" {...place} aria-sort={on ? (up ? 'ascending' : 'descending') : undefined}>
      {help ? <Tooltip label={help}>{button}</Tooltip> : button}
    </th>
  );
}

interface CellProps<Row> {
  column: Column<Row>;
  row: Row;
  /** The first of its row, which names it. */
  head: boolean;
  onOpen: ((row: Row) => void) | undefined;
}

function Cell<Row>({ column: { value, cell, kind, strong, wideOnly }, row, head, onOpen }: CellProps<Row>) {
  const words = cell ? cell(row) : value(row);
  const place = { 'data-kind': kind, 'data-strong': strong, 'data-wide': wideOnly };
  if (head)
    return (
      <th scope="row" {...place}>
        {onOpen ? (
          <button type="button" className={`plain-button ${styles.open}`} onClick={() => onOpen(row)}>
            {words}
          </button>
        ) : (
          words
        )}
      </th>
    );
  return (
    <td {...place} aria-hidden={kind === 'bar' || undefined}>
      {words}
    </td>
  );
}
