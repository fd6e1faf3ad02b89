import { existsSync } from 'node:fs';

/**
 * WebGPU in a headless Chromium without a GPU (SwiftShader), and no calls out of a closed network.
 * `--no-sandbox` is what lets it start as root inside a container.
 */
export const CHROMIUM_FLAGS = [
  '--no-sandbox',
  '--enable-unsafe-webgpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

const INSTALLED = [
  '/usr/bin/google-chrome-stable',
  '/usr/bin/google-chrome',
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/microsoft-edge',
];

/** Launch options for Playwright: the installed browser, else none (Playwright's own download). */
export function findBrowser() {
  const executablePath = [process.env.CHROMIUM, ...INSTALLED].find((path) => path && existsSync(path));
  return executablePath ? { executablePath } : {};
}
