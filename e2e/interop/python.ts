import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const TWO_MINUTES = 120_000;

export interface Answer {
  /** The surest class. */
  label: string;
  /** By class. */
  logits: number[];
  /** Everything that the snippet printed. */
  printed: string;
  /** Warnings, of the libraries too. */
  warnings: string;
}

/** Runs the program as it is, and tells its variables. */
const TELL = `
import contextlib, io, json, runpy, sys
printed = io.StringIO()
sys.argv = sys.argv[1:]
with contextlib.redirect_stdout(printed):
    names = runpy.run_path(sys.argv[0], run_name="__main__")
print(json.dumps({"label": names["label"], "logits": names["logits"].tolist(), "printed": printed.getvalue()}))
`;

function interpreter(): string {
  const path = process.env.INTEROP_PYTHON;
  if (!path) throw new Error('INTEROP_PYTHON names no Python: run `npm run test:interop`, which makes one.');
  return path;
}

/** Python in `folder`; rejects with what it wrote where it fails. */
export const python = (folder: string, ...args: string[]) =>
  promisify(execFile)(interpreter(), args, {
    cwd: folder,
    timeout: TWO_MINUTES,
    env: { ...process.env, PYTHONUTF8: '1', PYTHONDONTWRITEBYTECODE: '1' },
  });

/** The one block of Python in a model card. */
export function snippetOf(card: string): string {
  const blocks = [...card.matchAll(/^```python\n(.*?)^```$/gms)];
  if (blocks.length !== 1) throw new Error(`The card has ${blocks.length} blocks of Python.`);
  return blocks[0]![1]!;
}

/** Unzips with Python's own reader of zips into a folder that it makes. */
export async function unzip(zip: Uint8Array, folder: string): Promise<void> {
  const path = `${folder}.zip`;
  await writeFile(path, zip);
  await python('.', '-m', 'zipfile', '-e', path, folder);
}

/** Does what the card in `folder` says: saves its snippet beside the files and runs it on a picture. */
export async function runSnippet(folder: string, picture: string): Promise<Answer> {
  const card = await readFile(join(folder, 'README.md'), 'utf8');
  await writeFile(join(folder, 'classify.py'), snippetOf(card));
  const { stdout, stderr } = await python(folder, '-c', TELL, 'classify.py', picture);
  return { ...JSON.parse(stdout), warnings: stderr };
}
