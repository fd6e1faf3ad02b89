import Papa from 'papaparse';

/** A table as it is saved: numbers stay numbers, none rounded and none written the page's way. */
export interface PlainTable {
  /** Names of the columns, in English as programs want them: `precision`, `support`. */
  header: readonly string[];
  rows: readonly (readonly (string | number | undefined)[])[];
}

/** RFC 4180, `.` as the decimal mark; what is not a number leaves its cell empty. */
export function csvOf({ header, rows }: PlainTable): string {
  const cell = (value: string | number | undefined) =>
    value === undefined || (typeof value === 'number' && !Number.isFinite(value)) ? '' : value;
  return `${Papa.unparse([header, ...rows.map((row) => row.map(cell))], { newline: '\r\n' })}\r\n`;
}
