/** `npm run test:interop`: hands tuned files to the Python libraries that people use, in an environment of its own. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { aptInstall } from './lib/apt.mjs';
import { fail, ROOT, run, script, succeeds } from './lib/command.mjs';
import { requireNode } from './lib/node-version.mjs';
import { installPackages } from './lib/packages.mjs';
import { environment, inBrowser, runSteps, vitest } from './lib/steps.mjs';

const VENV = join(ROOT, '.venv');
const REQUIREMENTS = join(ROOT, 'scripts', 'interop', 'requirements.txt');
/** Holds the requirements as they were installed. */
const STAMP = join(VENV, 'installed.txt');
const PYTHON = process.platform === 'win32' ? join(VENV, 'Scripts', 'python.exe') : join(VENV, 'bin', 'python');

const THIRTY_MINUTES = 1_800_000;

function findPython() {
  const names = process.platform === 'win32' ? ['python', 'python3'] : ['python3'];
  return names.find((name) => succeeds(name, ['--version']));
}

/** Debian keeps half of `venv` in a package of its own. */
async function makeEnvironment(python) {
  const make = () => run(python, ['-m', 'venv', '--clear', VENV]);
  if ((await make()) === 0) return;
  if ((await aptInstall('python3-venv')) && (await make()) === 0) return;
  fail(
    'Python could not make an environment in .venv: install its venv module (Debian: python3-venv) and run this again.',
  );
}

async function installPython() {
  const wanted = readFileSync(REQUIREMENTS, 'utf8');
  if (existsSync(STAMP) && readFileSync(STAMP, 'utf8') === wanted && succeeds(PYTHON, ['--version'])) return;
  const python = findPython();
  if (!python)
    fail('The interop tests need Python 3.11 or later, and no python3 was found: install it and run this again.');
  console.log('Making a Python environment in .venv; PyTorch is large, so this takes minutes.');
  await makeEnvironment(python);
  const args = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '-r', REQUIREMENTS];
  if ((await run(PYTHON, args, { timeout: THIRTY_MINUTES })) !== 0) {
    fail('Installing the Python packages failed for the reason that pip gives above; mend it and run this again.');
  }
  writeFileSync(STAMP, wanted);
}

requireNode();
await installPackages();
await installPython();
process.env.INTEROP_PYTHON = PYTHON;
if ((await run(...script('node_modules/vite/bin/vite.js', 'build'), { env: environment() })) !== 0)
  fail('The site did not build, so nothing was tested.');
await runSteps([inBrowser(vitest('interop', 'tuned files in Python'))]);
