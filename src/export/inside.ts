import type { Inside } from '../protocol/inside.ts';
import { insideTable } from '../protocol/inside-table.ts';

/** One row a stage or a weight, and a validation (RFC 4180; names of stages and weights need no quotes). */
export function insideCsv(inside: Inside): string {
  const { header, rows } = insideTable(inside);
  return [header, ...rows].map((row) => `${row.map((cell) => cell ?? '').join(',')}\n`).join('');
}
