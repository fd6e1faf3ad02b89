import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { aptInstall } from './apt.mjs';
import { run, script, succeeds } from './command.mjs';

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

const FIVE_MINUTES = 300_000;

const LINUX = [
  '/usr/bin/google-chrome-stable',
  '/usr/bin/google-chrome',
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/snap/bin/chromium',
  '/usr/bin/microsoft-edge',
];

const MAC = ['Google Chrome', 'Chromium', 'Microsoft Edge'].flatMap((name) =>
  ['/', homedir()].map((home) => join(home, 'Applications', `${name}.app`, 'Contents', 'MacOS', name)),
);

function windowsPaths(env) {
  const folders = [env.PROGRAMFILES, env['PROGRAMFILES(X86)'], env.LOCALAPPDATA].filter(Boolean);
  const programs = [
    'Google\\Chrome\\Application\\chrome.exe',
    'Chromium\\Application\\chrome.exe',
    'Microsoft\\Edge\\Application\\msedge.exe',
  ];
  return programs.flatMap((program) => folders.map((folder) => `${folder}\\${program}`));
}

/** Where Chrome, Chromium and Edge install themselves, `CHROMIUM` from the environment first. */
export function browserPaths(platform = process.platform, env = process.env) {
  const usual = { linux: LINUX, darwin: MAC, win32: windowsPaths(env) }[platform] ?? [];
  return env.CHROMIUM ? [env.CHROMIUM, ...usual] : usual;
}

/** Launch options for Playwright: an installed browser, else its own download (the full one: its shell has no WebGPU). */
export function findBrowser() {
  const executablePath = browserPaths().find((path) => existsSync(path));
  return executablePath ? { executablePath } : { channel: 'chromium' };
}

/** A wrapper without its browser exists and does not run. On Windows asking the version would open a window. */
function starts(path) {
  return existsSync(path) && (process.platform === 'win32' || succeeds(path, ['--version']));
}

async function playwrightsOwn() {
  const { chromium } = await import('playwright');
  return chromium.executablePath();
}

async function downloadBrowser() {
  console.log('No Chrome, Chromium or Edge is installed; fetching the one that Playwright offers.');
  const install = script('node_modules/playwright/cli.js', 'install', '--no-shell', 'chromium');
  await run(...install, { timeout: FIVE_MINUTES });
}

/** Path of a browser that starts, installed first where there is none; null where none could be had. */
export async function ensureBrowser() {
  const working = async () => [...browserPaths(), await playwrightsOwn()].find(starts) ?? null;
  const present = await working();
  if (present) return present;
  await downloadBrowser();
  const downloaded = await working();
  if (downloaded) return downloaded;
  await aptInstall('chromium');
  return working();
}

export const NO_BROWSER =
  'No Chrome, Chromium or Edge was found and none could be installed: install one, or set CHROMIUM to the path of one, and run this again.';
