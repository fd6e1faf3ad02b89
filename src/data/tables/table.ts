import type { Split } from '../../protocol/dataset.ts';
import type { Problem } from '../../protocol/problems.ts';
import type { TableReading } from '../../protocol/text.ts';

export const TABLE_FORMATS = ['csv', 'jsonl', 'json', 'txt', 'parquet', 'xlsx'] as const;
export type TableFormat = (typeof TABLE_FORMATS)[number];

/** A file of texts, whatever it was written in. */
export interface TextTable {
  /** Path as dropped. */
  file: string;
  /** `csv` whatever separates the cells. */
  format: TableFormat;
  reading: TableReading;
  /** By the file's name or folder, as Hugging Face lays them out: `train.csv`, `data/test/…`, `validation-00000-of-00001.parquet`. */
  split?: Split;
  /** Each with a name, and no two alike. */
  columns: readonly string[];
  /** By column, then row. Empty where there is none. Lists and objects stay JSON text. */
  cells: readonly (readonly string[])[];
  /** Where each row begins: its line of the file (csv, txt, jsonl), else its place as a person counts (xlsx: the sheet's own). */
  rows: Int32Array;
  problems: readonly Problem[];
}

export interface ReadTableOptions {
  /** What a person has set; the rest is guessed. */
  reading?: Partial<TableReading>;
  /** In bytes of the file, or rows where the format counts them. */
  onProgress?(done: number, total: number): void;
}
