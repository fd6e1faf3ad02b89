import { spawn, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** Prints one sentence and ends the process with exit code 1. */
export function fail(sentence) {
  console.error(sentence);
  process.exit(1);
}

/** Runs a command with its output passed through; resolves to its exit code (1 where it did not start or ran too long). */
export function run(command, args, { timeout, ...options } = {}) {
  return new Promise((resolve) => {
    const child = spawn(command, args, { cwd: ROOT, stdio: ['ignore', 'inherit', 'inherit'], timeout, ...options });
    child.on('error', (error) => {
      console.error(`${command} did not start: ${error.message}`);
      resolve(1);
    });
    child.on('close', (code) => resolve(code ?? 1));
  });
}

/** Whether a command starts and succeeds; it prints nothing. */
export function succeeds(command, args, timeout = 20_000) {
  return spawnSync(command, args, { stdio: 'ignore', timeout }).status === 0;
}

/** Arguments that run a file below the root with this very Node, such as a package's command. */
export function script(path, ...args) {
  return [process.execPath, [join(ROOT, path), ...args]];
}
