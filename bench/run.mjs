/**
 * `npm run bench` measures every figure; `npm run bench -- prefix products` those only; `npm run bench -- --counts` counts
 * what a training step asks of a GPU. `bench/README.md` says more.
 */
import { fileURLToPath } from 'node:url';
import { fail } from '../scripts/lib/command.mjs';
import { importModule } from './lib/import-module.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));

/** This module of TensorFlow.js is none that Node can read: by its full path it is transformed as our own are. */
const gradients = '@tensorflow/tfjs-core/dist/register_all_gradients.js';
const transformed = {
  name: 'tfjs-gradients',
  enforce: 'pre',
  transform: (code) => (code.includes(gradients) ? code.replace(gradients, `${root}node_modules/${gradients}`) : null),
};

process.chdir(root);
const args = process.argv.slice(2);
const MAINS = {
  '--counts': './bench/counts/main.ts',
  '--counts-child': './bench/counts/child.ts',
  '--examples-child': './bench/examples/child.ts',
};
const main = MAINS[args[0]] ?? './bench/main.ts';
const module = await importModule(main, { root, plugins: [transformed] });
await module.main(args).catch((error) => fail(error.stack ?? String(error)));
// a browser or a server that would not close must not keep the command from ending
process.exit();
