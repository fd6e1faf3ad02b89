import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { preview } from 'vite';
import type { TestProject } from 'vitest/node';

declare module 'vitest' {
  interface ProvidedContext {
    /** Address of the built site, with a slash at its end. */
    siteUrl: string;
  }
}

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** A folder that no build knows of: whatever is not addressed relatively is not found. */
const BASE = '/some/folder/';

/** Serves `dist/` on a free port while the walks run; `inject('siteUrl')` tells them where. */
export default async function serveSite(project: TestProject) {
  if (!existsSync(`${ROOT}/dist/index.html`))
    throw new Error('There is no built site to walk through: run `npm run build`.');
  const server = await preview({
    root: ROOT,
    base: BASE,
    // Without this a missing file would be answered with the page, and so go unnoticed.
    appType: 'mpa',
    preview: { host: '127.0.0.1', port: 0, open: false },
  });
  const url = server.resolvedUrls?.local[0];
  if (!url) throw new Error('The preview server gave no address.');
  project.provide('siteUrl', url);
  return () => server.close();
}
