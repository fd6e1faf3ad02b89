import { joined } from '../lib/arrays.ts';
import { Turns } from '../lib/turns.ts';
import { NONE, type TextExamples, type TextSummary, UNLABELLED } from '../protocol/dataset.ts';
import type { Problem } from '../protocol/problems.ts';
import {
  LAYOUTS,
  type TableReading,
  type TableSummary,
  type TextMapping,
  type TextRow,
  type TextTask,
} from '../protocol/text.ts';
import { classNames } from './classes.ts';
import { type Dataset, type DatasetState, OpenedDataset, type Piece, type ViewState } from './opened-dataset.ts';
import { baseName } from './paths.ts';
import type { TextTable } from './tables/table.ts';
import { type CellOf, cellsOf, type FoundTexts, findTexts, groupsOf } from './text/examples.ts';
import { exampleOf, type TextExample, wholeText } from './text/messages.ts';

/** Texts, with labels or to be continued. */
export interface TextDataset extends Dataset {
  readonly kind: 'text';
  readonly task: TextTask;
  example(id: number): TextExample;
}

export interface TextState extends DatasetState {
  kind: 'text';
  mapping: TextMapping;
  /** By the file's path: how each was read. */
  readings: Readonly<Record<string, TableReading>>;
}

/** Rows that the page is shown of each table, and characters of each cell. */
const PREVIEW = { rows: 5, characters: 120 };
/** Characters of a text that a list shows. */
const CUT = 400;

/** Texts that are open: rows of tables, which stay as they were read. */
export class OpenedTexts extends OpenedDataset<TextState, TextDataset> {
  readonly kind = 'text';
  readonly #tables: TextTable[] = [];
  readonly #cells: CellOf[] = [];
  readonly #sources: Piece[] = [];
  #tableSummaries: TableSummary[] = [];
  readonly #editedBefore: boolean;
  #places = new Uint32Array(0);
  #examples: Pick<TextExamples, 'tableOf' | 'rows' | 'lengths'> = {
    tableOf: new Uint16Array(0),
    rows: new Int32Array(0),
    lengths: new Uint32Array(0),
  };

  /** `sources` are the files that the tables were read from, in the same order. */
  constructor(state: TextState, tables: readonly TextTable[], found: FoundTexts, sources: readonly Piece[]) {
    super(state, found.given);
    this.#editedBefore = isEdited(state, found);
    this.#take(tables, found, sources);
  }

  get task(): TextTask {
    return LAYOUTS[this.state.mapping.layout].task;
  }

  /** Texts to continue have one class, and need no second one. */
  protected override get leastClasses(): number {
    return this.task === 'text-generation' ? 1 : 2;
  }

  get pieces(): readonly Piece[] {
    return this.#sources;
  }

  moved(place: number, piece: Piece): void {
    this.#sources[place] = piece;
  }

  /** Rows of further tables, found under the mapping that is in use, beside those that are there. */
  add(
    tables: readonly TextTable[],
    found: FoundTexts,
    sources: readonly Piece[],
    beside: { problems: readonly Problem[]; filesRead: number },
  ): void {
    const { readings, mapping } = this.state;
    this.#take(tables, found, sources);
    this.extend(found.given, found.labels, {
      filesRead: beside.filesRead,
      problems: [...beside.problems, ...tables.flatMap(({ problems }) => problems), ...found.problems],
      readings: { ...readings, ...readingsOf(tables) },
      groups: groupsOf(this.#tables, mapping, { tableOf: this.#examples.tableOf, places: this.#places }),
    });
  }

  /** Puts rows behind those that are there: what the page is told of them changes by nothing else. */
  #take(tables: readonly TextTable[], found: FoundTexts, sources: readonly Piece[]): void {
    const first = this.#tables.length;
    const { tableOf, rows, lengths } = this.#examples;
    const newRows = Int32Array.from(found.places, (place, i) => tables[found.tableOf[i]!]!.rows[place]!);
    this.#examples = {
      tableOf: joined(
        tableOf,
        found.tableOf.map((table) => first + table),
      ),
      rows: joined(rows, newRows),
      lengths: joined(lengths, found.lengths),
    };
    this.#places = joined(this.#places, found.places);
    for (const [i, table] of tables.entries()) {
      this.#tables.push(table);
      this.#cells.push(cellsOf(table, this.state.mapping));
      this.#sources.push(sources[i]!);
    }
    this.#tableSummaries = [...this.#tableSummaries, ...tables.map(tableSummary)];
  }

  example(id: number): TextExample {
    const cell = this.#cells[this.#examples.tableOf[id]!];
    const place = this.#places[id];
    if (!cell || place === undefined) throw new RangeError(`no example ${id} of ${this.length}`);
    return exampleOf(this.state.mapping.layout, (role) => cell(role, place))!;
  }

  path(id: number): string {
    return `${this.#tables[this.#examples.tableOf[id]!]?.file ?? ''}:${this.#examples.rows[id] ?? ''}`;
  }

  summary(): TextSummary {
    const common = this.common();
    return {
      ...common,
      kind: 'text',
      task: this.task,
      mapping: this.state.mapping,
      examples: { ...common.examples, ...this.#examples },
      tables: this.#tableSummaries,
      editedBefore: this.#editedBefore,
    };
  }

  viewAs(state: ViewState): TextDataset {
    return { ...this.commonView(state), kind: 'text', task: this.task, example: (id) => this.example(id) };
  }

  /** As a person reads it; cut short unless `whole`. */
  row(id: number, whole: boolean): TextRow {
    const example = this.example(id);
    let cut = false;
    const short = (text: string) => {
      if (whole || text.length <= CUT) return text;
      cut = true;
      return text.slice(0, CUT);
    };
    const shown =
      'text' in example
        ? { text: short(example.text), ...(example.pair === undefined ? {} : { pair: short(example.pair) }) }
        : { messages: example.messages.map(({ role, content }) => ({ role, content: short(content) })) };
    return { id, ...shown, cut };
  }

  /** Ids of the texts that contain `query`, whatever its case. Lets messages run while it looks. */
  async find(query: string): Promise<Int32Array> {
    const needle = query.toLowerCase();
    const turns = new Turns();
    const found: number[] = [];
    for (let id = 0; id < this.length; id++) {
      if (wholeText(this.example(id)).toLowerCase().includes(needle)) found.push(id);
      if (id % 256 === 0) await turns.next();
    }
    return Int32Array.from(found);
  }
}

/** Whether texts have other labels than the files say, or were left out. */
const isEdited = ({ classes, labels, excluded, mapping }: TextState, found: FoundTexts): boolean =>
  excluded.includes(1) ||
  (LAYOUTS[mapping.layout].task === 'text-classification' &&
    labels.some((label, id) => (label === NONE ? undefined : classes[label]) !== found.labels[id]));

const tableSummary = ({ file, format, reading, split, columns, cells, rows }: TextTable): TableSummary => ({
  file,
  format,
  reading,
  ...(split ? { split } : {}),
  columns,
  rows: rows.length,
  preview: Array.from({ length: Math.min(PREVIEW.rows, rows.length) }, (_, row) =>
    cells.map((column) => column[row]!.slice(0, PREVIEW.characters)),
  ),
});

const readingsOf = (tables: readonly TextTable[]): TextState['readings'] =>
  Object.fromEntries(tables.map(({ file, reading }) => [file, reading]));

export interface TextOptions {
  id: string;
  name: string;
  mapping: TextMapping;
  split: TextState['split'];
  /** Of files that are no table, or none that can be read. */
  problems: readonly Problem[];
  filesRead: number;
  /** When opening began, as `performance.now`. */
  started: number;
}

/** Tables as a data set under a mapping. Throws what `findTexts` throws. */
export async function textsOf(
  tables: readonly TextTable[],
  sources: readonly Piece[],
  { started, ...o }: TextOptions,
): Promise<OpenedTexts> {
  const found = await findTexts(tables, o.mapping);
  const labelled = LAYOUTS[o.mapping.layout].task === 'text-classification';
  const classes = labelled ? classNames(found.labels) : [UNLABELLED];
  const places = new Map(classes.map((name, label) => [name, label]));
  const state: TextState = {
    ...o,
    kind: 'text',
    name: o.name || baseName(tables[0]?.file ?? ''),
    classes,
    labels: Int32Array.from(found.labels, (label) => (label === undefined ? NONE : places.get(label)!)),
    excluded: new Uint8Array(found.labels.length),
    splits: new Int8Array(0),
    groups: found.groups,
    problems: [...o.problems, ...tables.flatMap(({ problems }) => problems), ...found.problems],
    readMs: performance.now() - started,
    readings: readingsOf(tables),
  };
  return new OpenedTexts(state, tables, found, sources);
}

/**
 * Kept texts as they were left: the tables read again, the state as it was. Undefined where the rows are no longer the
 * same.
 */
export async function textsAgain(
  tables: readonly TextTable[],
  sources: readonly Piece[],
  state: TextState,
): Promise<OpenedTexts | undefined> {
  const found = await findTexts(tables, state.mapping);
  return found.given.length === state.labels.length ? new OpenedTexts(state, tables, found, sources) : undefined;
}
