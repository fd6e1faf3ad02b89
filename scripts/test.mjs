/** `npm test`: installs what is missing and runs every check, the quick ones first; `npm test -- unit lint` runs those only. */
import { fail } from './lib/command.mjs';
import { requireNode } from './lib/node-version.mjs';
import { installPackages } from './lib/packages.mjs';
import { beside, command, inBrowser, runSteps, vitest } from './lib/steps.mjs';

const unit = vitest('unit', 'tests in Node', 'node');
const browser = inBrowser(vitest('browser', 'tests in a browser'));
const LOOKS = [
  command('lint', 'format and lint', 'node_modules/@biomejs/biome/bin/biome', 'check', '.'),
  command('types', 'the compiler', 'node_modules/typescript/bin/tsc', '--noEmit'),
  command('imports', 'who may import whom', 'scripts/imports.mjs'),
];
const WALKS = [
  command('build', 'the static site', 'node_modules/vite/bin/vite.js', 'build'),
  inBrowser(vitest('e2e', 'walks through the built site')),
];
const ALL = [...LOOKS, beside(unit, browser), ...WALKS];
const STEPS = [...LOOKS, unit, browser, ...WALKS];

function chosen(names) {
  const known = STEPS.map((step) => step.name);
  const unknown = names.filter((name) => !known.includes(name));
  if (unknown.length > 0) fail(`There is no step "${unknown.join('", "')}"; the steps are ${known.join(', ')}.`);
  return names.length === 0 ? ALL : STEPS.filter((step) => names.includes(step.name));
}

requireNode();
const steps = chosen(process.argv.slice(2));
await installPackages();
await runSteps(steps);
