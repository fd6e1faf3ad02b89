import { type Problem, warning } from '../../protocol/problems.ts';
import { cellOf, isObject, parseJson } from '../tables/json-cells.ts';
import { type TableRead, tableOf } from './columns.ts';
import { decodeText } from './text.ts';

/**
 * Rows of JSON lines, one object each; its keys are the columns of a table (`columns.ts`). A line that holds no object
 * becomes a problem (`jsonl-bad-line`). Lists and objects within are no cells and are passed over.
 */
export function readJsonl(bytes: Uint8Array, name: string): TableRead {
  const problems: Problem[] = [];
  const records: { row: number; record: ReadonlyMap<string, string> }[] = [];
  decodeText(bytes)
    .text.split('\n')
    .forEach((line, index) => {
      if (line.trim() === '') return;
      const record = recordOf(line);
      if (record) records.push({ row: index + 1, record });
      else problems.push(warning('jsonl-bad-line', { file: name, row: index + 1 }));
    });
  const header = [...new Set(records.flatMap(({ record }) => [...record.keys()]))];
  const rows = records.map(({ row, record }) => ({ row, cells: header.map((key) => record.get(key) ?? '') }));
  const read = tableOf(name, header, rows);
  return { table: read.table, problems: [...problems, ...read.problems] };
}

function recordOf(line: string): ReadonlyMap<string, string> | null {
  const value = parseJson(line);
  if (!isObject(value)) return null;
  const cells = Object.entries(value).filter(([, cell]) => typeof cell !== 'object' || cell === null);
  return new Map(cells.map(([key, cell]) => [key.trim(), cellOf(cell).trim()]));
}
