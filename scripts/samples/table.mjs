import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import Papa from 'papaparse';

const PUBLIC = fileURLToPath(new URL('../../public/', import.meta.url));

/** Writes `public/<path>`, UTF-8, a row for each object, with the names of its columns first. */
export const writeCsv = (path, rows) => write(path, `${Papa.unparse(rows, { newline: '\n' })}\n`, rows.length);

/** Writes `public/<path>`, UTF-8, a JSON object a line. */
export const writeJsonl = (path, rows) =>
  write(path, rows.map((row) => `${JSON.stringify(row)}\n`).join(''), rows.length);

function write(path, text, count) {
  const file = join(PUBLIC, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
  console.log(`${path}: ${count} rows, ${Buffer.byteLength(text)} bytes`);
}
