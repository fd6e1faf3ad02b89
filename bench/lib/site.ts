import { execFileSync } from 'node:child_process';
import { preview } from 'vite';
import { ROOT } from './root.ts';

/** Where the site is built for measuring: not `dist/`, which others may be looking at. */
export const SITE = `${ROOT}.cache/bench-site`;

/** A folder that no build knows of, as on a host of project pages. */
const BASE = '/some/folder/';

export interface Site {
  /** With a slash at its end. */
  url: string;
  close(): Promise<void>;
}

let built = false;

/** In a process of its own: what loads these files has made this one a development environment. */
function build(): void {
  const { NODE_ENV: _, ...env } = process.env;
  const options = ['--outDir', SITE, '--emptyOutDir', '--logLevel', 'error'];
  execFileSync(process.execPath, [`${ROOT}node_modules/vite/bin/vite.js`, 'build', ...options], {
    cwd: ROOT,
    env,
    stdio: 'inherit',
  });
}

/** Builds the site as `npm run build` does, once, and serves it on a free port. */
export async function serveSite(): Promise<Site> {
  if (!built) build();
  built = true;
  const server = await preview({
    root: ROOT,
    base: BASE,
    appType: 'mpa',
    build: { outDir: SITE },
    preview: { host: '127.0.0.1', port: 0, open: false },
  });
  const url = server.resolvedUrls?.local[0];
  if (!url) throw new Error('The preview server gave no address.');
  return { url, close: () => server.close() };
}
