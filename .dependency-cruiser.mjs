/**
 * The one direction in which imports go:
 * app -> ui -> session -> client -> protocol <- worker -> engine -> {tasks, models, methods, cures} engines -> nn -> tf.
 * The page reaches the worker by `new Worker(new URL(…))`, which is no import.
 */

const KINDS = '(tasks|models|methods|cures)';
const META = [`^src/${KINDS}/metas?\\.ts$`, `^src/${KINDS}/[^/]+/meta\\.ts$`];
/** The registry of engines, and what every engine of a kind is. */
const ENGINES = `^src/${KINDS}/[^/]+\\.ts$`;
const VIEW = ['^src/tasks/views\\.ts$', '^src/tasks/[^/]+/view\\.tsx$'];
const TEST = ['\\.(test|cases|long)\\.tsx?$', '/testing\\.tsx?$', '/testing/'];
const TF = '(^|/)@tensorflow/';
const REACT = '(^|/)(react|react-dom|react-i18next|@mantine/[^/]+|@tabler/icons-react|recharts)(/|$)';

/** Folders named as they are, anything else as a pattern. */
const pattern = (name) => (/^[a-z]+$/.test(name) ? `^src/${name}/` : name);

/** What the modules of a folder may import of the project. */
const FOLDERS = {
  app: ['app', 'ui', 'session', 'client', 'protocol', 'lib', ...META, ...VIEW],
  ui: ['ui', 'session', 'lessons', 'advice', 'protocol', 'lib', ...META, ...VIEW],
  session: ['session', 'client', 'lessons', 'advice', 'protocol', 'lib', ...META],
  lessons: ['lessons', 'protocol', 'lib', ...META],
  advice: ['advice', 'protocol', 'lib'],
  client: ['client', 'protocol'],
  protocol: ['protocol'],
  worker: ['worker', 'engine', 'data', 'protocol', 'lib', ...META],
  engine: ['engine', 'storage', 'export', 'nn', 'data', 'protocol', 'lib', ...META, ENGINES],
  storage: ['storage', 'data', 'protocol', 'lib'],
  export: ['export', 'nn', 'protocol', 'lib'],
  nn: ['nn', 'protocol', 'lib'],
  data: ['data', 'protocol', 'lib'],
  bench: ['bench', 'nn', 'protocol', 'lib', '^src/models/[^/]+/engine\\.ts$', '^src/models/engine\\.ts$'],
  lib: ['lib', 'protocol'],
};

const SEE = 'see .dependency-cruiser.mjs';

const rule = (name, comment, from, to) => ({ name, severity: 'error', comment, from, to });

/** Tests may reach where they like; what they test may not. */
const except = (...patterns) => [...TEST, ...patterns];

const folderRules = Object.entries(FOLDERS).map(([name, allowed]) => {
  const words = allowed.filter((entry) => /^[a-z]+$/.test(entry)).join(', ');
  const comment = `${name}/ may import ${words}${allowed.includes(META[0]) ? ' and what meta.ts files say' : ''}`;
  return rule(
    name,
    comment,
    { path: `^src/${name}/`, pathNot: except() },
    { path: '^src/', pathNot: allowed.map(pattern) },
  );
});

/** `$1` is the kind, `$2` the entry's folder, as the `from` pattern caught them. */
const kindRules = [
  rule(
    'meta',
    'a meta.ts imports only protocol, lib and the types of its kind',
    { path: `^src/${KINDS}/[^/]+/meta\\.ts$` },
    { path: '^src/', pathNot: ['^src/(protocol|lib)/', '^src/$1/meta\\.ts$'] },
  ),
  rule(
    'registry-of-metas',
    'metas.ts imports only meta.ts files of its kind, protocol and lib',
    { path: `^src/${KINDS}/metas?\\.ts$` },
    { path: '^src/', pathNot: ['^src/(protocol|lib)/', '^src/$1/meta\\.ts$', '^src/$1/[^/]+/meta\\.ts$'] },
  ),
  rule(
    'kind',
    'what lies directly in tasks, models, methods and cures imports its own kind, nn, data, protocol and lib',
    { path: `^src/${KINDS}/[^/]+\\.ts$`, pathNot: except('/metas?\\.ts$', ...VIEW) },
    {
      path: '^src/',
      pathNot: ['^src/(nn|data|protocol|lib)/', '^src/$1/[^/]+\\.ts$', '^src/$1/[^/]+/(meta|engine)\\.ts$'],
    },
  ),
  rule(
    'entry',
    'a task, model, method or cure imports its own folder, the types of its kind, nn, data, protocol and lib',
    { path: `^src/${KINDS}/([^/]+)/.+\\.tsx?$`, pathNot: except('/meta\\.ts$', ...VIEW) },
    { path: '^src/', pathNot: ['^src/(nn|data|protocol|lib)/', '^src/$1/$2/', '^src/$1/[^/]+\\.ts$'] },
  ),
  rule(
    'view',
    'a view.tsx imports what ui/ may',
    { path: VIEW },
    { path: '^src/', pathNot: [...FOLDERS.ui.map(pattern), '^src/tasks/[^/]+\\.ts$'] },
  ),
];

const packageRules = [
  rule(
    'tensorflow',
    'only nn/, engine.ts files and bench/, which trains with it as it comes, import TensorFlow.js',
    { path: '^src/', pathNot: except('^src/(nn|bench)/', '/engine\\.ts$') },
    { path: TF },
  ),
  rule(
    'react',
    'only app/, ui/ and view.tsx files import React and what draws with it',
    { path: '^src/', pathNot: except('^src/(app|ui)/', ...VIEW) },
    { path: REACT },
  ),
  rule(
    'browser',
    'what runs in a browser may reach for a module of Node by a guarded import() only',
    { path: '^src/', pathNot: except() },
    { dependencyTypes: ['core'], dynamic: false },
  ),
];

const rules = [
  ...folderRules,
  ...kindRules,
  ...packageRules,
  rule(
    'export-pure',
    'export/ takes types alone from nn/',
    { path: '^src/export/', pathNot: except() },
    { path: '^src/nn/', dependencyTypesNot: ['type-only'] },
  ),
  rule(
    'known-folder',
    `this folder has no place in the order of imports; ${SEE}`,
    { path: `^src/(?!(${Object.keys(FOLDERS).join('|')}|tasks|models|methods|cures)/)` },
    {},
  ),
  rule(
    'inward',
    'src/ imports nothing of the project from outside src/',
    { path: '^src/', pathNot: except() },
    { path: '^(scripts|e2e|bench|public|docs)/' },
  ),
  rule('no-test', 'only a test imports a test', { path: '^src/', pathNot: except() }, { path: TEST }),
  rule('no-cycle', 'these modules import each other in a circle', { path: '^src/' }, { circular: true }),
  rule('found', 'there is no such module', { path: '^src/' }, { couldNotResolve: true }),
];

export default {
  forbidden: rules,
  options: {
    tsPreCompilationDeps: true,
    doNotFollow: { path: 'node_modules' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'browser', 'types', 'default'] },
  },
};
