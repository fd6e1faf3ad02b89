import { NONE, type TextSummary, UNLABELLED } from '../protocol/dataset.ts';
import { LAYOUTS, type TableReading, type TextMapping, type TextRow, type TextTask } from '../protocol/text.ts';
import { classNames } from './classes.ts';
import { type Dataset, type DatasetState, OpenedDataset, type Piece, type ViewState } from './opened-dataset.ts';
import { baseName } from './paths.ts';
import type { TextTable } from './tables/table.ts';
import { cellsOf, type FoundTexts, findTexts } from './text/examples.ts';
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
  readonly #tables: readonly TextTable[];
  readonly #found: Pick<FoundTexts, 'tableOf' | 'places'>;
  readonly #sources: Piece[];

  /** `sources` are the files that the tables were read from. */
  constructor(state: TextState, tables: readonly TextTable[], found: FoundTexts, sources: readonly Piece[]) {
    super(state, found.given);
    this.#tables = tables;
    this.#found = found;
    this.#sources = [...sources];
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

  example(id: number): TextExample {
    const table = this.#tables[this.#found.tableOf[id]!]!;
    const cell = cellsOf(table, this.state.mapping);
    return exampleOf(this.state.mapping.layout, (role) => cell(role, this.#found.places[id]!))!;
  }

  path(id: number): string {
    const table = this.#tables[this.#found.tableOf[id]!]!;
    return `${table.file}:${table.rows[this.#found.places[id]!]}`;
  }

  summary(): TextSummary {
    const common = this.common();
    const tables = this.#tables;
    const { tableOf, places } = this.#found;
    return {
      ...common,
      kind: 'text',
      task: this.task,
      mapping: this.state.mapping,
      examples: {
        ...common.examples,
        tableOf,
        rows: Int32Array.from(places, (place, id) => tables[tableOf[id]!]!.rows[place]!),
        lengths: this.#lengths(),
      },
      tables: tables.map(({ file, format, reading, split, columns, cells, rows }) => ({
        file,
        format,
        reading,
        ...(split ? { split } : {}),
        columns,
        rows: rows.length,
        preview: Array.from({ length: Math.min(PREVIEW.rows, rows.length) }, (_, row) =>
          cells.map((column) => column[row]!.slice(0, PREVIEW.characters)),
        ),
      })),
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

  /** Ids of the texts that contain `query`, whatever its case. */
  find(query: string): Int32Array {
    const needle = query.toLowerCase();
    return Int32Array.from(
      Array.from({ length: this.length }, (_, id) => id).filter((id) =>
        wholeText(this.example(id)).toLowerCase().includes(needle),
      ),
    );
  }

  #characters: Uint32Array | undefined;
  #lengths(): Uint32Array {
    this.#characters ??= Uint32Array.from({ length: this.length }, (_, id) => wholeText(this.example(id)).length);
    return this.#characters;
  }
}

export interface TextOptions {
  id: string;
  name: string;
  mapping: TextMapping;
  split: TextState['split'];
  filesRead: number;
  readMs: number;
}

/** Tables as a data set under a mapping. Throws what `findTexts` throws. */
export function textsOf(tables: readonly TextTable[], sources: readonly Piece[], o: TextOptions): OpenedTexts {
  const found = findTexts(tables, o.mapping);
  const labelled = LAYOUTS[o.mapping.layout].task === 'text-classification';
  const classes = labelled ? classNames(found.labels) : [UNLABELLED];
  const places = new Map(classes.map((name, label) => [name, label]));
  const state: TextState = {
    kind: 'text',
    id: o.id,
    name: o.name || baseName(tables[0]?.file ?? ''),
    classes,
    labels: Int32Array.from(found.labels, (label) => (label === undefined ? NONE : places.get(label)!)),
    excluded: new Uint8Array(found.labels.length),
    splits: new Int8Array(0),
    groups: found.groups,
    split: o.split,
    problems: [...tables.flatMap(({ problems }) => problems), ...found.problems],
    filesRead: o.filesRead,
    readMs: o.readMs,
    mapping: o.mapping,
    readings: Object.fromEntries(tables.map(({ file, reading }) => [file, reading])),
  };
  return new OpenedTexts(state, tables, found, sources);
}

/** Kept texts as they were left: the tables read again, the state as it was. Undefined where the rows are no longer the same. */
export function textsAgain(
  tables: readonly TextTable[],
  sources: readonly Piece[],
  state: TextState,
): OpenedTexts | undefined {
  const found = findTexts(tables, state.mapping);
  return found.given.length === state.labels.length ? new OpenedTexts(state, tables, found, sources) : undefined;
}
