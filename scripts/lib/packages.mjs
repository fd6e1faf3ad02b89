import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fail, ROOT, run } from './command.mjs';

function lockedPackages(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8')).packages ?? {};
  } catch {
    return null;
  }
}

/**
 * Names of the packages in the lock file that `node_modules` has not, or has in another version. Optional ones are
 * other platforms' binaries. Contents are compared, because a checkout sets dates as it likes.
 */
export function missingPackages(root = ROOT) {
  const wanted = lockedPackages(join(root, 'package-lock.json'));
  const present = lockedPackages(join(root, 'node_modules', '.package-lock.json')) ?? {};
  return Object.entries(wanted ?? {})
    .filter(([path, entry]) => path !== '' && !entry.optional && !entry.devOptional)
    .filter(([path, entry]) => present[path]?.version !== entry.version)
    .map(([path]) => path.replace(/^.*node_modules\//, ''));
}

/** npm by way of the npm that started us, which needs no shell on Windows either. */
function npm(args) {
  const cli = process.env.npm_execpath;
  if (cli?.endsWith('.js')) return run(process.execPath, [cli, ...args]);
  return run('npm', args, { shell: process.platform === 'win32' });
}

/** Installs what the lock file names, if anything of it is missing; ends the process where that fails. */
export async function installPackages() {
  const missing = missingPackages();
  if (missing.length === 0) return;
  console.log(`Installing ${missing.length} missing packages; this takes about a minute.`);
  const code = await npm(['ci', '--no-audit', '--no-fund', '--loglevel=error']);
  if (code !== 0)
    fail('Installing the packages failed for the reason that npm gives above; mend it and run this again.');
}
