import Papa from 'papaparse';

export interface CsvRecord {
  cells: string[];
  /** Line of the file where it begins, from 1. */
  line: number;
  /** As a spreadsheet counts rows, from 1: a cell with line ends in it makes one row. */
  row: number;
}

/** From this many quotes that are never closed on, quotes mean nothing in this file (as in many TSV files). */
const OPEN_QUOTES = 20;
/** A cell of so many characters is a quote that was never closed. */
const LONGEST_CELL = 4 * 2 ** 20;
/** Lines that a cell takes in without any other sign of a forgotten quote, of which nearly all look like rows. */
const MANY_LINES = 20;

interface Parsed {
  data: string[][];
  errors: { code: string; row: number }[];
  meta: { cursor: number };
}

/**
 * Records of a CSV in pieces of any length, in which lines end in `\n`. A quote that is never closed would take in the
 * lines below it up to the next quote: there the line is read as if it had none, and the next one is a record again.
 */
export class CsvRows {
  /** Lines where quotes open that are never closed. */
  readonly openQuotes: number[] = [];
  readonly #delimiter: string;
  #rest = '';
  #line = 1;
  #row = 1;
  /** Cells of the first record that is not blank. */
  #width = 0;
  /** Characters to wait for, where a record was too long for what had come. */
  #wanted = 0;

  constructor(delimiter: string) {
    this.#delimiter = delimiter;
  }

  push(text: string): CsvRecord[] {
    this.#rest += text;
    return this.#rest.length < this.#wanted ? [] : this.#read(false);
  }

  end(): CsvRecord[] {
    return this.#read(true);
  }

  #read(final: boolean): CsvRecord[] {
    const records: CsvRecord[] = [];
    for (;;) {
      const { data, errors, meta } = this.#parse(this.#rest, final);
      this.#width ||= data.find((cells) => !isBlank(cells))?.length ?? 0;
      const broken = this.#broken(data, errors, final);
      for (const cells of broken < 0 ? data : data.slice(0, broken)) this.#take(cells, records);
      if (broken < 0) {
        this.#rest = final ? '' : this.#rest.slice(meta.cursor);
        this.#wanted = data.length ? 0 : Math.min(this.#rest.length * 2, LONGEST_CELL);
        return records;
      }
      const from = offsetOfLine(this.#rest, linesIn(data.slice(0, broken)));
      const end = lineEnd(this.#rest, from);
      this.openQuotes.push(this.#line);
      this.#take(this.#withoutQuote(this.#rest.slice(from, end)), records);
      this.#rest = this.#rest.slice(end + 1);
    }
  }

  #take(cells: string[], records: CsvRecord[]): void {
    if (!isBlank(cells)) records.push({ cells, line: this.#line, row: this.#row });
    this.#line += linesIn([cells]);
    this.#row++;
  }

  #parse(text: string, final: boolean): Parsed {
    const literal = this.openQuotes.length >= OPEN_QUOTES;
    const config = { delimiter: this.#delimiter, newline: '\n' as const, ...(literal ? { fastMode: true } : {}) };
    return new Papa.Parser(config).parse(text, 0, !final) as Parsed;
  }

  /** The first record that is none, since a quote took in what follows; -1 where all are. */
  #broken(data: readonly string[][], errors: Parsed['errors'], final: boolean): number {
    if (!final && data.length === 0 && this.#rest.length >= LONGEST_CELL) return 0;
    const odd = new Set(errors.map(({ row }) => row));
    const open = errors.find(({ code }) => code === 'MissingQuotes')?.row;
    return data.findIndex((cells, row) => row === open || this.#tookIn(cells, odd.has(row)));
  }

  /** Whether lines within a cell are records themselves: `odd` where a quote stands inside of it. */
  #tookIn(cells: readonly string[], odd: boolean): boolean {
    const column = cells.findIndex((each) => each.includes('\n'));
    if (column < 0 || !this.#width) return false;
    const [first = '', ...lines] = cells[column]!.split('\n');
    if (column + first.split(this.#delimiter).length < this.#width) return false;
    // The last one goes on behind the quote.
    const inside = lines.slice(0, -1).filter((line) => line.trim());
    if (!odd) {
      if (inside.length < MANY_LINES) return false;
      const misses = inside.length * 0.05;
      let missed = 0;
      return inside.every((line) => this.#isRecord(line) || ++missed <= misses);
    }
    if (!inside.length) return this.#opensAgain(lines[0]!);
    return inside.filter((line) => this.#isRecord(line)).length > inside.length / 2;
  }

  #isRecord(line: string): boolean {
    if (line.split(this.#delimiter).length < this.#width) return false;
    const { data, errors } = this.#parse(line, true);
    return data.length === 1 && errors.length === 0 && data[0]!.length === this.#width;
  }

  /** Whether the end of a cell is the beginning of a record with a quote: `…\nnext, "quoted`. */
  #opensAgain(end: string): boolean {
    const at = end.indexOf('"');
    return at >= 0 && (at === 0 || end[at - 1] === this.#delimiter);
  }

  /** Cells of a line whose last quote does not close; where they are too many, the text behind the quote holds them. */
  #withoutQuote(line: string): string[] {
    const { data, errors } = this.#parse(line, true);
    const cells = data[0] ?? [''];
    if (!errors.some(({ code }) => code === 'MissingQuotes')) return cells;
    const open = cells.pop()!.split(this.#delimiter);
    const extra = Math.max(0, cells.length + open.length - this.#width);
    return [...cells, open.slice(0, extra + 1).join(this.#delimiter), ...open.slice(extra + 1)];
  }
}

const isBlank = (cells: readonly string[]): boolean => cells.every((cell) => cell.trim() === '');

/** Lines of the file that records take up. */
function linesIn(records: readonly string[][]): number {
  let lines = records.length;
  for (const cells of records) {
    for (const cell of cells) {
      for (let at = cell.indexOf('\n'); at >= 0; at = cell.indexOf('\n', at + 1)) lines++;
    }
  }
  return lines;
}

function offsetOfLine(text: string, lines: number): number {
  let at = 0;
  for (let i = 0; i < lines; i++) at = text.indexOf('\n', at) + 1;
  return at;
}

function lineEnd(text: string, from: number): number {
  const at = text.indexOf('\n', from);
  return at < 0 ? text.length : at;
}
