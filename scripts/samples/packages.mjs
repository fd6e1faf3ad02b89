import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';

/**
 * Runs `make` with the folder that holds the packages, as `node_modules` does: the one that `--packages` names, else a
 * temporary one with these very versions from npm, removed afterwards.
 */
export async function withPackages(packages, make) {
  const { values } = parseArgs({ options: { packages: { type: 'string', multiple: true } } });
  if (values.packages) return make(values.packages.map((folder) => resolve(folder)));
  const folder = mkdtempSync(join(tmpdir(), 'samples-'));
  try {
    execFileSync('npm', ['install', '--prefix', folder, '--ignore-scripts', '--no-audit', '--no-fund', ...packages], {
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    return await make([join(folder, 'node_modules')]);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Path of a file of a package in the first folder that has it. Throws where none has. */
export const fileOf = (folders, path) =>
  createRequire(import.meta.url).resolve(path, { paths: folders.map((folder) => join(folder, '..')) });

export const requireFrom = (folders, name) => createRequire(import.meta.url)(fileOf(folders, name));
