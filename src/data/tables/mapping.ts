import type { ColumnRole, Layout, TextMapping } from '../../protocol/text.ts';
import { splitNamed } from '../readers/columns.ts';
import { type ColumnLook, cellsOf, lookAt } from './column-look.ts';
import { type KnownName, rankOf } from './names.ts';
import type { TextTable } from './table.ts';

/**
 * Which layout tables have and which column plays which role: by names in five languages, then by what is in the columns.
 * Columns that fit nothing have no role.
 */
export function guessMapping(tables: readonly TextTable[]): TextMapping {
  const columns = sharedColumns(tables).map((name) => lookAt(name, cellsOf(tables, name)));
  const split = columns.find(isSplit);
  const rest = columns.filter((column) => column !== split);
  const found = chat(rest) ?? alpaca(rest) ?? pairs(rest) ?? labelled(rest) ?? unnamedPairs(rest) ?? plain(rest);
  return { layout: found.layout, columns: { ...found.columns, ...(split ? { split: split.name } : {}) } };
}

interface Guess {
  layout: Layout;
  columns: Partial<Record<ColumnRole, string>>;
}

/** Columns that all tables have; where none is in all, those of the first that has rows. */
function sharedColumns(tables: readonly TextTable[]): readonly string[] {
  const filled = tables.filter(({ rows }) => rows.length > 0);
  const [first] = filled.length ? filled : tables;
  if (!first) return [];
  const shared = first.columns.filter((name) => filled.every(({ columns }) => columns.includes(name)));
  return shared.length ? shared : first.columns;
}

const isSplit = ({ name, sample }: ColumnLook): boolean =>
  Number.isFinite(rankOf(name, 'split')) && sample.length > 0 && sample.every((cell) => splitNamed(cell.trim()));

/** The best of the columns whose name fits. */
function named(columns: readonly ColumnLook[], role: KnownName, not: readonly (ColumnLook | undefined)[] = []) {
  let best: ColumnLook | undefined;
  for (const column of columns) {
    if (not.includes(column) || rankOf(column.name, role) === Number.POSITIVE_INFINITY) continue;
    if (!best || rankOf(column.name, role) < rankOf(best.name, role)) best = column;
  }
  return best;
}

/** A list of messages: `[{role, content}, …]`, or `[{from, value}, …]` as ShareGPT writes. */
function chat(columns: readonly ColumnLook[]): Guess | undefined {
  const lists = columns.filter(({ sample }) => sample.some(isConversation));
  const messages = named(lists, 'messages') ?? lists[0];
  return messages && { layout: 'chat', columns: { messages: messages.name } };
}

const isConversation = (cell: string): boolean =>
  /^\s*\[\s*\{/.test(cell) && /"(role|from)"\s*:/.test(cell) && /"(content|value)"\s*:/.test(cell);

function alpaca(columns: readonly ColumnLook[]): Guess | undefined {
  const instruction = named(columns, 'instruction');
  const output = named(columns, 'output', [instruction]);
  if (!instruction || !output) return undefined;
  const input = named(columns, 'input', [instruction, output]);
  return {
    layout: 'alpaca',
    columns: { instruction: instruction.name, ...(input ? { input: input.name } : {}), output: output.name },
  };
}

/** Unless the answers are a few that repeat: then they are labels of the questions. */
function pairs(columns: readonly ColumnLook[]): Guess | undefined {
  const asked = named(columns, 'prompt');
  const completion = named(columns, 'completion', [asked]);
  const prompt = asked ?? (completion?.texts ? named(columns, 'text', [completion]) : undefined);
  if (!prompt || !completion) return undefined;
  const explicit = /^(prompt|completion)$/i;
  if (completion.labels && !(explicit.test(prompt.name) && explicit.test(completion.name))) return undefined;
  return { layout: 'pairs', columns: { prompt: prompt.name, completion: completion.name } };
}

function labelled(columns: readonly ColumnLook[]): Guess | undefined {
  const label = labelOf(columns);
  if (!label) return undefined;
  const others = columns.filter((column) => column !== label);
  const first = named(others, 'first');
  const second = named(others, 'pair', [first]);
  const text = first && second ? first : textOf(others);
  if (!text) return undefined;
  const pair = second && second !== text ? { pair: second.name } : {};
  return { layout: 'labelled', columns: { text: text.name, ...pair, label: label.name } };
}

/** By name, unless long texts stand in it; else by contents, where there is a longer column beside it. */
function labelOf(columns: readonly ColumnLook[]): ColumnLook | undefined {
  const byName = named(
    columns.filter(({ texts }) => !texts),
    'label',
  );
  const text = textOf(columns.filter((column) => column !== byName));
  if (byName) return text ? byName : undefined;
  const candidates = columns.filter((column) => column.labels && column !== text && !IDS.test(column.name));
  return candidates.toSorted((a, b) => a.distinct - b.distinct)[0];
}

const IDS = /^(id|idx|index|uuid|guid|no|nr|№|date|time|timestamp|url|link|user|username|author|lang|language)$/i;

/** The best name, else the longest texts. */
function textOf(columns: readonly ColumnLook[]): ColumnLook | undefined {
  const usable = columns.filter(({ empty }) => !empty);
  const byName = named(usable, 'text');
  if (byName && rankOf(byName.name, 'text') < PLAIN_NAMES) return byName;
  const longest = usable.toSorted((a, b) => b.length - a.length)[0];
  return byName && longest && longest.length < byName.length * 3 ? byName : longest;
}

/** Names of the first few ranks say "text"; later ones (`title`) may stand beside the text itself. */
const PLAIN_NAMES = 3;

/** Two columns of texts and nothing else: the first is asked, the second answered. */
function unnamedPairs(columns: readonly ColumnLook[]): Guess | undefined {
  const texts = columns.filter((column) => column.texts);
  const [prompt, completion] = texts;
  if (texts.length !== 2 || !prompt || !completion || named(texts, 'text')) return undefined;
  return { layout: 'pairs', columns: { prompt: prompt.name, completion: completion.name } };
}

function plain(columns: readonly ColumnLook[]): Guess {
  const text = textOf(columns);
  return { layout: 'plain', columns: text ? { text: text.name } : {} };
}
