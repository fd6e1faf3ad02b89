/** `npm start`: installs what is missing, serves the studio, opens it. `-- --port 8080`, `-- --no-open`. */
// By its default, for an old Node that lacks `parseArgs` is to hear so from `requireNode`.
import util from 'node:util';
import { fail, ROOT } from './lib/command.mjs';
import { requireNode } from './lib/node-version.mjs';
import { installPackages } from './lib/packages.mjs';

const PORT = 5173;
const USAGE = 'npm start takes --port NUMBER (5173 unless told, or the next free one) and --no-open.';

function readOptions(args) {
  try {
    const { values } = util.parseArgs({
      args,
      options: { port: { type: 'string' }, open: { type: 'boolean' }, 'no-open': { type: 'boolean' } },
    });
    const port = values.port === undefined ? PORT : Number(values.port);
    if (!Number.isInteger(port) || port < 1 || port > 65535) fail(`"${values.port}" is no port: ${USAGE}`);
    return { port, open: !values['no-open'] && hasScreen() };
  } catch (error) {
    return fail(`${error.message.split('. ')[0]}. ${USAGE}`);
  }
}

/** Where nobody watches, or no window can open, the address is all there is to give. */
function hasScreen({ CI, DISPLAY, WAYLAND_DISPLAY, SSH_CONNECTION } = process.env) {
  if (CI || SSH_CONNECTION) return false;
  return process.platform !== 'linux' || Boolean(DISPLAY || WAYLAND_DISPLAY);
}

async function serve({ port, open }) {
  const { createServer } = await import('vite');
  const server = await createServer({ root: ROOT, configFile: `${ROOT}/vite.config.ts`, server: { port, open } });
  await server.listen();
  console.log(`Tuning Fork is at ${server.resolvedUrls?.local[0]} (Ctrl+C stops it).`);
}

requireNode();
const options = readOptions(process.argv.slice(2));
process.chdir(ROOT);
await installPackages();
await serve(options).catch((error) => fail(`The studio did not start: ${error.message}`));
