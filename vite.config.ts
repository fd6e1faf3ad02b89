/// <reference types="vitest/config" />
import { fileURLToPath } from 'node:url';
import react from '@vitejs/plugin-react';
import { playwright } from '@vitest/browser-playwright';
import { defineConfig } from 'vitest/config';
import { CHROMIUM_FLAGS, findBrowser } from './scripts/lib/browser.mjs';

/** WebAssembly threads need shared memory, which browsers give to isolated pages only. */
const isolated = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
};

/** Walks through the built site; each starts a browser of its own. */
const walk = {
  environment: 'node',
  testTimeout: 300_000,
  hookTimeout: 120_000,
  fileParallelism: false,
  globalSetup: 'e2e/support/server.ts',
  setupFiles: 'e2e/support/failed.ts',
} as const;

export default defineConfig({
  base: './',
  plugins: [react()],
  resolve: { alias: { '@': fileURLToPath(new URL('./src', import.meta.url)) } },
  worker: { format: 'es' },
  // A dependency that is found late, as the worker's would be, reloads the page and with it loses a run.
  optimizeDeps: {
    entries: ['index.html', 'src/worker/main.ts', 'src/bench/worker.ts'],
    include: [
      '@tensorflow/tfjs-core/dist/register_all_gradients.js',
      '@tensorflow/tfjs-backend-wasm/wasm-out/tfjs-backend-wasm-threaded-simd.js',
      '@tensorflow/tfjs-backend-wasm/wasm-out/tfjs-backend-wasm-threaded-simd.worker.js',
    ],
  },
  server: { headers: isolated },
  preview: { headers: isolated },
  build: { target: 'es2023', chunkSizeWarningLimit: 2500 },
  test: {
    // what is looked for again and again until it is there; the usual second is less than a busy machine takes
    expect: { poll: { timeout: 30_000 } },
    projects: [
      {
        extends: true,
        test: {
          name: 'node',
          // a core each: what they compute needs no more, and nothing of it is timed
          maxWorkers: '100%',
          // a machine that does other things too is no fault
          testTimeout: 30_000,
          include: ['src/**/*.test.{ts,tsx}', 'scripts/**/*.test.ts', 'bench/**/*.test.ts'],
          exclude: ['src/**/*.browser.test.{ts,tsx}'],
        },
      },
      {
        extends: true,
        test: {
          name: 'browser',
          include: ['src/**/*.browser.test.{ts,tsx}'],
          testTimeout: 120_000,
          fileParallelism: false,
          browser: {
            enabled: true,
            headless: true,
            screenshotFailures: false,
            provider: playwright({
              launchOptions: { ...findBrowser(), args: [...CHROMIUM_FLAGS] },
              // what moves while it is clicked may be missed; the walks see the motion
              contextOptions: { reducedMotion: 'reduce' },
            }),
            instances: [{ browser: 'chromium' }],
          },
        },
      },
      // two at a time: a walk waits for the page as often as the page computes, and none may mind another beside it
      {
        extends: true,
        test: { ...walk, fileParallelism: true, maxWorkers: 2, name: 'e2e', include: ['e2e/**/*.e2e.ts'] },
      },
      {
        extends: true,
        test: {
          // what takes minutes: runs from beginning to end whose figures are claimed somewhere
          name: 'long',
          environment: 'node',
          include: ['src/**/*.long.ts'],
          testTimeout: 1_800_000,
          hookTimeout: 120_000,
          fileParallelism: false,
        },
      },
      { extends: true, test: { ...walk, name: 'long-walks', include: ['e2e/**/*.long.ts'], testTimeout: 600_000 } },
      { extends: true, test: { ...walk, name: 'interop', include: ['e2e/**/*.interop.ts'] } },
    ],
  },
});
