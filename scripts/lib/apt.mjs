import { existsSync } from 'node:fs';
import { run, succeeds } from './command.mjs';

const TEN_MINUTES = 600_000;

/** `[]` as root, `['sudo', '-n']` where no password is asked, null where neither. */
function privilege() {
  if (process.getuid?.() === 0) return [];
  return succeeds('sudo', ['-n', 'true']) ? ['sudo', '-n'] : null;
}

/** Installs a Debian package where this account may; resolves to whether it did. */
export async function aptInstall(name) {
  const prefix = existsSync('/usr/bin/apt-get') ? privilege() : null;
  if (!prefix) return false;
  const apt = (...args) => {
    const [command, ...rest] = [...prefix, 'env', 'DEBIAN_FRONTEND=noninteractive', 'apt-get', '-q', ...args];
    return run(command, rest, { timeout: TEN_MINUTES });
  };
  console.log(`Installing Debian's ${name}.`);
  await apt('update');
  return (await apt('install', '-y', '--no-install-recommends', name)) === 0;
}
