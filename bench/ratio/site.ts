import { build, preview } from 'vite';
import { ROOT } from '../lib/root.ts';
import type { Site } from '../lib/site.ts';

const OUT = `${ROOT}.cache/bench-ratio`;
/** WebAssembly threads need shared memory, which browsers give to isolated pages only. */
const headers = { 'Cross-Origin-Opener-Policy': 'same-origin', 'Cross-Origin-Embedder-Policy': 'require-corp' };

/** The page of the ratio bench, built: what is measured is what a site would ship. */
export async function serveRatio(): Promise<Site> {
  await build({
    configFile: false,
    root: `${ROOT}bench/ratio`,
    base: './',
    logLevel: 'error',
    worker: { format: 'es' },
    build: { outDir: OUT, emptyOutDir: true, target: 'es2023', chunkSizeWarningLimit: 1e6 },
  });
  const server = await preview({
    configFile: false,
    root: `${ROOT}bench/ratio`,
    build: { outDir: OUT },
    preview: { host: '127.0.0.1', port: 0, open: false, headers },
  });
  const url = server.resolvedUrls?.local[0];
  if (!url) throw new Error('The preview server gave no address.');
  return { url, close: () => server.close() };
}
