import type { Split } from './split.ts';

export const ENCODINGS = [
  'utf-8',
  'utf-16le',
  'utf-16be',
  'gb18030',
  'windows-1251',
  'kz-1048',
  'windows-1252',
] as const;
export type Encoding = (typeof ENCODINGS)[number];

/** How a table was read: guessed, and changed by a person who knows better. */
export interface TableReading {
  encoding: Encoding;
  /** Empty where the format has none. */
  delimiter: string;
  /** Whether the first row names the columns. */
  header: boolean;
}

/** What a column of a table is. */
export type ColumnRole =
  | 'text'
  | 'pair'
  | 'label'
  | 'split'
  | 'prompt'
  | 'completion'
  | 'instruction'
  | 'input'
  | 'output'
  | 'messages';

export const TEXT_TASKS = ['text-classification', 'text-generation'] as const;
export type TextTask = (typeof TEXT_TASKS)[number];

/** The ways in which tables hold examples, and the roles that each knows. Without a `label` column everything is unsorted. */
export const LAYOUTS = {
  labelled: { task: 'text-classification', required: ['text'], optional: ['label', 'pair', 'split'] },
  plain: { task: 'text-generation', required: ['text'], optional: ['split'] },
  pairs: { task: 'text-generation', required: ['prompt', 'completion'], optional: ['split'] },
  alpaca: { task: 'text-generation', required: ['instruction', 'output'], optional: ['input', 'split'] },
  chat: { task: 'text-generation', required: ['messages'], optional: ['split'] },
} as const satisfies Record<
  string,
  { task: TextTask; required: readonly ColumnRole[]; optional: readonly ColumnRole[] }
>;
export type Layout = keyof typeof LAYOUTS;

/** Which column says what. */
export interface TextMapping {
  layout: Layout;
  columns: Readonly<Partial<Record<ColumnRole, string>>>;
}

/** A table that was dropped, as far as the page must know it. */
export interface TableSummary {
  file: string;
  format: string;
  reading: TableReading;
  split?: Split;
  columns: readonly string[];
  rows: number;
  /** The first rows, cells cut short: to choose columns by. */
  preview: readonly (readonly string[])[];
}

export interface ChatMessage {
  role: 'system' | 'user' | 'assistant';
  content: string;
}

/** One example as a person reads it; long texts may be cut short. */
export interface TextRow {
  id: number;
  /** Of a labelled set: the text, and the second one where there are pairs. */
  text?: string;
  pair?: string;
  /** Of a set to continue from: what is said, in order; of plain text one message of the assistant. */
  messages?: readonly ChatMessage[];
  /** Whether anything was cut. */
  cut: boolean;
}

/** How the texts of the open data set look to a model. */
export interface TextFit {
  /** Examples that were looked at: all, or a sample drawn by seed. */
  examples: number;
  /** Tokens of an example, special ones included. */
  median: number;
  longest: number;
  /** Examples longer than the model or the settings take, of those that were looked at, and which are the longest. */
  truncated: number;
  longestIds: readonly number[];
  /** Shares of the tokens that the model does not know, and of those that are pieces of words broken into single characters. */
  unknown: number;
  single: number;
  /** Mean length of an example in tokens, cut to what is taken. */
  mean: number;
}

/**
 * Share of the tokens that are unknown or single characters from which on the model is said not to know the language. With
 * the English vocabulary of BERT it is below 1 % in English, below 5 % in French, and above 60 % in Kazakh and Chinese.
 */
const FOREIGN = 0.15;
export const isForeign = ({ unknown, single }: Pick<TextFit, 'unknown' | 'single'>): boolean =>
  unknown + single >= FOREIGN;

/** How the next token is drawn. */
export interface Sampling {
  maxTokens: number;
  /** 0 takes the likeliest. */
  temperature: number;
  /** 0 is off. */
  topK: number;
  /** 1 is off (Holtzman et al. 2020). */
  topP: number;
  /** Text that ends the answer; empty for none. */
  stop: string;
  seed: number;
}
export const DEFAULT_SAMPLING: Sampling = { maxTokens: 64, temperature: 0.7, topK: 0, topP: 0.95, stop: '', seed: 42 };

export interface GeneratedText {
  text: string;
  tokens: number;
  promptTokens: number;
  seconds: number;
  /** `end`: the model said so; `stop`: the text to stop at came; `length`: as many tokens as asked; `context`: no room left. */
  finish: 'end' | 'stop' | 'length' | 'context' | 'cancelled';
}
