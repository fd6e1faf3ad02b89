/** Shared by tests, in Node, of what the engine does with texts: real samples, and the models that the site ships. */
import { readFile } from 'node:fs/promises';
import { readTable } from '../../data/tables/read.ts';
import type { TextTable } from '../../data/tables/table.ts';
import { type OpenedTexts, textsOf } from '../../data/text-dataset.ts';
import { DEFAULT_SPLIT } from '../../protocol/dataset.ts';
import type { WorkerEvent } from '../../protocol/messages.ts';
import type { TextMapping } from '../../protocol/text.ts';
import { Studio } from '../studio.ts';

const publicFile = (path: string) => readFile(new URL(`../../../public/${path}`, import.meta.url));

/** What the site would send. */
export const serve = async (url: string): Promise<Response> =>
  new Response(new Uint8Array(await publicFile(new URL(url).pathname.slice(1))));

/** A studio whose site is `public/`, with this data open. */
export function studioWith(data: OpenedTexts | undefined, emit: (event: WorkerEvent) => void = () => {}): Studio {
  globalThis.fetch = (url) => serve(String(url));
  const studio = new Studio('http://site/', emit);
  studio.dataset = data;
  return studio;
}

/** Every n-th row of a sample. */
export async function sample(name: string, mapping: TextMapping, every = 1): Promise<OpenedTexts> {
  const file = new Blob([new Uint8Array(await publicFile(`samples/${name}`))]);
  const table = await readTable(file, name);
  const places = [...table.rows.keys()].filter((place) => place % every === 0);
  return open(
    {
      ...table,
      rows: Int32Array.from(places, (place) => table.rows[place]!),
      cells: table.cells.map((column) => places.map((place) => column[place]!)),
    },
    mapping,
  );
}

const tableOf = (columns: readonly string[], rows: readonly (readonly string[])[]): TextTable => ({
  file: 'texts.csv',
  format: 'csv',
  reading: { encoding: 'utf-8', delimiter: ',', header: true },
  columns,
  cells: columns.map((_, column) => rows.map((row) => row[column]!)),
  rows: Int32Array.from(rows, (_, i) => i + 2),
  problems: [],
});

/** Labelled texts. */
export const labelled = (rows: readonly (readonly [text: string, label: string])[]): Promise<OpenedTexts> =>
  open(tableOf(['text', 'label'], rows), LABELLED);
/** Prompts with their answers. */
export const answered = (rows: readonly (readonly [prompt: string, completion: string])[]): Promise<OpenedTexts> =>
  open(tableOf(['prompt', 'completion'], rows), PAIRS);

export const LABELLED: TextMapping = { layout: 'labelled', columns: { text: 'text', label: 'label' } };
export const PAIRS: TextMapping = { layout: 'pairs', columns: { prompt: 'prompt', completion: 'completion' } };

const open = (table: TextTable, mapping: TextMapping): Promise<OpenedTexts> =>
  textsOf([table], [], { id: 'data', name: '', mapping, split: DEFAULT_SPLIT, problems: [], filesRead: 1, started: 0 });
