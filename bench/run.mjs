/** `npm run bench` measures every figure; `npm run bench -- prefix products` those only. `bench/README.md` says more. */
import { fileURLToPath } from 'node:url';
import { runnerImport } from 'vite';
import { fail } from '../scripts/lib/command.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));

/** This module of TensorFlow.js is none that Node can read: by its full path it is transformed as our own are. */
const gradients = '@tensorflow/tfjs-core/dist/register_all_gradients.js';
const transformed = {
  name: 'tfjs-gradients',
  enforce: 'pre',
  transform: (code) => (code.includes(gradients) ? code.replace(gradients, `${root}node_modules/${gradients}`) : null),
};

process.chdir(root);
const { module } = await runnerImport('./bench/main.ts', { configFile: false, root, plugins: [transformed] });
await module.main(process.argv.slice(2)).catch((error) => fail(error.stack ?? String(error)));
// a browser or a server that would not close must not keep the command from ending
process.exit();
