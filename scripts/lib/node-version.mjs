import { fail } from './command.mjs';

/** Vite 8 runs on Node 20.19 and later of that line, and from 22.12 on. */
export function isSupported(version) {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  if (major === 20) return minor >= 19;
  if (major === 22) return minor >= 12;
  return major > 22;
}

export function requireNode(version = process.versions.node) {
  if (isSupported(version)) return;
  fail(
    `Tuning Fork needs Node.js 20.19 or later, or 22.12 or later, and this is ${version}: install a current one from nodejs.org and try again.`,
  );
}
