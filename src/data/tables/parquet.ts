import type { AsyncBuffer, FileMetaData } from 'hyparquet';
import { breathe } from '../../lib/breathe.ts';
import { ProblemError } from '../../protocol/problems.ts';
import { TableBuilder } from './builder.ts';
import { cellOf, isObject, type JsonObject } from './json-cells.ts';
import { Records } from './jsonl.ts';
import { checkSize } from './limits.ts';
import type { ReadTableOptions, TextTable } from './table.ts';

/** Rows that are read at once. */
const STEP = 2000;

/**
 * A parquet file, a few thousand rows at a time. Numbers of a class whose names the file knows, as Hugging Face writes
 * them (`ClassLabel`), become these names. Throws `table-unreadable` where it is damaged, `table-too-large`.
 */
export async function readParquetTable(file: Blob, path: string, { onProgress }: ReadTableOptions): Promise<TextTable> {
  // Loaded when the first parquet file comes.
  const [{ parquetMetadataAsync, parquetReadObjects }, { compressors }] = await Promise.all([
    import('hyparquet'),
    import('hyparquet-compressors'),
  ]);
  const buffer: AsyncBuffer = {
    byteLength: file.size,
    slice: (start, end) => file.slice(start, end).arrayBuffer(),
  };
  const builder = new TableBuilder(path, 'parquet', { encoding: 'utf-8', delimiter: '', header: true });
  const records = new Records(builder);
  try {
    const metadata = await parquetMetadataAsync(buffer);
    const total = Number(metadata.num_rows);
    const bytes = metadata.row_groups.reduce((sum, group) => sum + Number(group.total_byte_size), 0);
    checkSize(path, { rows: total, bytes });
    const classes = classesOf(metadata);
    for (let start = 0; start < total; start += STEP) {
      const end = Math.min(start + STEP, total);
      const rows = await parquetReadObjects({ file: buffer, metadata, compressors, rowStart: start, rowEnd: end });
      rows.forEach((row, i) => {
        records.add(withNames(row, classes), start + i + 1);
      });
      onProgress?.(end, total);
      await breathe();
    }
  } catch (error) {
    if (error instanceof ProblemError) throw error;
    throw new ProblemError('table-unreadable', { file: path, reason: 'parquet' }, { cause: error });
  }
  return builder.finish();
}

/** Names of the classes by column. */
type Classes = ReadonlyMap<string, readonly string[]>;

function withNames(row: JsonObject, classes: Classes): JsonObject {
  const entries = Object.entries(row).filter(([name]) => !PANDAS_INDEX.test(name));
  return Object.fromEntries(
    entries.map(([name, value]) => {
      const names = classes.get(name);
      // -1 stands for no label.
      return [
        name,
        names && value !== null ? (names[Number(value)] ?? (Number(value) < 0 ? '' : cellOf(value))) : value,
      ];
    }),
  );
}

const PANDAS_INDEX = /^__index_level_\d+__$/;

/** From the description that Hugging Face's `datasets` leaves in the file: `info.features.<column>.names`. */
function classesOf({ key_value_metadata = [] }: FileMetaData): Classes {
  const written = key_value_metadata.find(({ key }) => key === 'huggingface')?.value;
  const classes = new Map<string, readonly string[]>();
  if (!written) return classes;
  let description: unknown;
  try {
    description = JSON.parse(written);
  } catch {
    return classes;
  }
  const info = isObject(description) ? description.info : undefined;
  const features = isObject(info) && isObject(info.features) ? info.features : {};
  for (const [name, feature] of Object.entries(features)) {
    if (!isObject(feature) || feature._type !== 'ClassLabel' || !Array.isArray(feature.names)) continue;
    classes.set(name, feature.names.map(String));
  }
  return classes;
}
