import { note, type Problem, warning } from '../../protocol/problems.ts';
import type { TableReading } from '../../protocol/text.ts';
import { briefly } from '../briefly.ts';
import { columnLetters } from './columns.ts';
import { splitOfPath } from './split-of-path.ts';
import type { TableFormat, TextTable } from './table.ts';

/** Characters of a cell from which on it is told; no model that the studio runs takes so many. */
export const LONG_CELL = 100_000;

/** Puts rows together, and looks at each cell for what an encoding or an export spoils. */
export class TableBuilder {
  readonly problems: Problem[] = [];
  readonly #file: string;
  readonly #format: TableFormat;
  readonly #reading: TableReading;
  #columns: string[] = [];
  #cells: string[][] = [];
  #rows: number[] = [];
  /** Rows in which letters became question marks, and the first of them. */
  #lost = 0;
  #lostAt: { row: number; column: string } | undefined;

  constructor(file: string, format: TableFormat, reading: TableReading) {
    this.#file = file;
    this.#format = format;
    this.#reading = reading;
  }

  get columns(): readonly string[] {
    return this.#columns;
  }

  /** A column that the rows so far do not have. */
  addColumn(name: string): number {
    this.#columns.push(name);
    this.#cells.push(new Array<string>(this.#rows.length).fill(''));
    return this.#columns.length - 1;
  }

  /** One cell for each column; missing ones are empty. */
  addRow(cells: readonly string[], row: number): void {
    let lost: string | undefined;
    for (let i = 0; i < this.#columns.length; i++) {
      const cell = this.#checked(cells[i] ?? '', row, i);
      this.#cells[i]!.push(cell);
      if (cell.includes('?') && LOST.test(cell)) lost ??= this.#columns[i]!;
    }
    this.#rows.push(row);
    if (lost === undefined) return;
    this.#lost++;
    this.#lostAt ??= { row, column: lost };
  }

  #checked(cell: string, row: number, column: number): string {
    const at = () => ({ file: this.#file, row, column: this.#columns[column]! });
    if (cell.length > LONG_CELL) this.problems.push(note('text-long', { ...at(), characters: cell.length }));
    if (cell.includes('\ufffd')) {
      this.problems.push(warning('text-encoding', { ...at(), encoding: this.#reading.encoding }));
    }
    if (!cell.includes('\0')) return cell;
    this.problems.push(note('text-nul', at()));
    return cell.replaceAll('\0', '');
  }

  finish(): TextTable {
    if (this.#lostAt && this.#lost * LOST_ROWS >= this.#rows.length) {
      this.problems.push(warning('text-letters-lost', { file: this.#file, ...this.#lostAt, count: this.#lost }));
    }
    if (!this.#rows.length) this.problems.push(warning('table-no-rows', { file: this.#file }));
    const used = this.#columns.map((name, i) => name !== '' || !isFiller(this.#cells[i]!));
    const cells = this.#cells.filter((_, i) => used[i]);
    const { columns, problems } = named(
      this.#file,
      this.#columns.map((name, i) => ({ name, place: i })).filter((_, i) => used[i]),
    );
    const split = splitOfPath(this.#file);
    return {
      file: this.#file,
      format: this.#format,
      reading: this.#reading,
      ...(split ? { split } : {}),
      columns,
      cells,
      rows: Int32Array.from(this.#rows),
      problems: briefly([...problems, ...this.problems]),
    };
  }
}

/** A question mark within a word of small Cyrillic letters, as exports leave of letters that their encoding lacks. */
const LOST = /[а-яёі]\?[а-яёі]/;
/** One row in so many must have one: people forget a blank now and then. */
const LOST_ROWS = 20;

/** Nothing, or the number of the row, as pandas writes it into a first column without a name. */
const isFiller = (cells: readonly string[]): boolean =>
  cells.every((cell) => cell === '') || cells.every((cell, row) => cell === String(row));

/** Columns without a name get the letter that a spreadsheet gives them, and a name that is there twice a number. */
function named(
  file: string,
  columns: readonly { name: string; place: number }[],
): { columns: string[]; problems: Problem[] } {
  const taken = new Set<string>();
  const problems: Problem[] = [];
  const names = columns.map(({ name, place }) => {
    const wanted = name || columnLetters(place);
    let free = wanted;
    for (let i = 2; taken.has(free); i++) free = `${wanted} (${i})`;
    taken.add(free);
    if (free !== name) {
      problems.push(note('table-column-named', { file, column: name, name: free, reason: name ? 'twice' : 'empty' }));
    }
    return free;
  });
  return { columns: names, problems };
}
