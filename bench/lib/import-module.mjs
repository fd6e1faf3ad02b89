import { createRunnableDevEnvironment, resolveConfig } from 'vite';

/**
 * Imports a module of TypeScript into this process, as Vite's `runnerImport` does, and what it imports later too: that one
 * closes behind the first import. Packages are Node's to load.
 */
export async function importModule(path, { root, plugins = [] }) {
  const config = {
    configFile: false,
    envDir: false,
    root,
    plugins,
    cacheDir: root,
    environments: {
      inline: {
        consumer: 'server',
        dev: { moduleRunnerTransform: true },
        resolve: { external: true, mainFields: [], conditions: ['node'] },
      },
    },
  };
  const environment = createRunnableDevEnvironment('inline', await resolveConfig(config, 'serve'), {
    runnerOptions: { hmr: { logger: false } },
    hot: false,
  });
  await environment.init();
  return environment.runner.import(path);
}
