import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { zipSync } from 'fflate';

const PUBLIC = fileURLToPath(new URL('../../public/', import.meta.url));

/** Writes `public/<path>`, a zip of [name, bytes] pairs: in order of name and of one date, so that bytes repeat. */
export function writeZip(path, entries) {
  const sorted = [...entries].sort(([a], [b]) => (a < b ? -1 : 1));
  // Local time, as the zip format and the library count it: the same digits in every time zone.
  const bytes = zipSync(Object.fromEntries(sorted), { level: 9, mtime: new Date(2025, 0, 1) });
  const file = join(PUBLIC, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, bytes);
  console.log(`${path}: ${sorted.length} entries, ${bytes.length} bytes`);
}
