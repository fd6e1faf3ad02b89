import { expect, test, vi } from 'vitest';
import { checkImports, sourceModules } from '../lib/imports.mjs';
import { plant } from './plant.ts';

// The first use of the tool loads the compiler, which takes seconds on a busy machine.
vi.setConfig({ testTimeout: 60_000 });

const MODULE = 'export const a = 1;\n';

/** The sentences about one module that imports another, both planted. */
async function problems(from: string, to: string, statement = `import { a } from '@/${to.slice('src/'.length)}';`) {
  const root = plant({ [to]: MODULE, [from]: `${statement}\nexport const b = a;\n` });
  return (await checkImports(root)).problems;
}

const WRONG = [
  ['src/protocol/run.ts', 'src/lib/random.ts'],
  ['src/lib/random.ts', 'src/data/reader.ts'],
  ['src/data/reader.ts', 'src/nn/ops.ts'],
  ['src/nn/ops.ts', 'src/data/reader.ts'],
  ['src/engine/train.ts', 'src/models/bert/engine.ts'],
  ['src/worker/main.ts', 'src/nn/ops.ts'],
  ['src/client/client.ts', 'src/session/store.ts'],
  ['src/session/store.ts', 'src/ui/app.tsx'],
  ['src/ui/app.tsx', 'src/client/client.ts'],
  ['src/ui/app.tsx', 'src/models/engines.ts'],
  ['src/ui/panels/loss/panel.tsx', 'src/worker/main.ts'],
  ['src/app/main.tsx', 'src/engine/train.ts'],
  ['src/models/bert/meta.ts', 'src/models/bert/engine.ts'],
  ['src/models/metas.ts', 'src/models/bert/engine.ts'],
  ['src/models/bert/engine.ts', 'src/models/gpt2/engine.ts'],
  ['src/methods/lora/engine.ts', 'src/models/bert/engine.ts'],
  ['src/tasks/text/view.tsx', 'src/tasks/text/engine.ts'],
  ['src/export/onnx.ts', 'src/nn/ops.ts'],
  ['src/ui/app.tsx', 'src/ui/app.test.tsx'],
  ['src/nn/ops.ts', 'src/nn/testing.ts'],
  ['src/stray/a.ts', 'src/lib/random.ts'],
] as const;

test.each(WRONG)('%s may not import %s', async (from, to) => {
  const found = await problems(from, to);
  expect(found[0]).toContain(`${from} imports ${to}: `);
});

const RIGHT = [
  ['src/ui/app.tsx', 'src/models/metas.ts'],
  ['src/session/store.ts', 'src/methods/metas.ts'],
  ['src/models/metas.ts', 'src/models/bert/meta.ts'],
  ['src/models/engines.ts', 'src/models/bert/engine.ts'],
  ['src/models/bert/engine.ts', 'src/models/bert/blocks.ts'],
  ['src/models/bert/engine.ts', 'src/nn/ops.ts'],
  ['src/engine/train.ts', 'src/models/engines.ts'],
  ['src/engine/train.ts', 'src/export/onnx.ts'],
  ['src/engine/train.ts', 'src/models/engine.ts'],
  ['src/ui/app.test.tsx', 'src/client/client.ts'],
  ['src/ui/testing/render.tsx', 'src/app/look.tsx'],
] as const;

test.each(RIGHT)('%s may import %s', async (from, to) => {
  expect(await problems(from, to)).toEqual([]);
});

test('a type counts as an import, save from nn to export', async () => {
  const type = (to: string) => `import type { a } from '@/${to.slice('src/'.length)}';`;
  const crossing = await problems('src/ui/app.tsx', 'src/engine/train.ts', type('src/engine/train.ts'));
  expect(crossing).toHaveLength(1);
  expect(await problems('src/export/onnx.ts', 'src/nn/ops.ts', type('src/nn/ops.ts'))).toEqual([]);
});

test('TensorFlow.js is for nn and engine.ts alone, React for what draws', async () => {
  const root = plant({
    'src/data/a.ts': "import * as tf from '@tensorflow/tfjs-core';\nexport const b = tf;\n",
    'src/session/a.ts': "import { useState } from 'react';\nexport const b = useState;\n",
    'src/engine/a.ts': "import { join } from 'node:path';\nexport const b = join;\n",
  });
  const found = (await checkImports(root)).problems.join('\n');
  expect(found).toContain('src/data/a.ts imports @tensorflow/tfjs-core: only nn/, engine.ts files');
  expect(found).toContain('src/session/a.ts imports react: only app/, ui/ and view.tsx files');
  expect(found).toMatch(/src\/engine\/a\.ts imports (node:)?path: what runs in a browser/);
});

test('a circle and a missing module are reported', async () => {
  const root = plant({
    'src/lib/a.ts': "import type { B } from './b.ts';\nexport type A = B;\n",
    'src/lib/b.ts': "import type { A } from './a.ts';\nimport './gone.ts';\nexport type B = A;\n",
  });
  const found = (await checkImports(root)).problems.join('\n');
  expect(found).toContain('in a circle');
  expect(found).toContain('src/lib/b.ts imports ./gone.ts: there is no such module.');
});

test('reading nothing is a failure', async () => {
  const root = plant({ 'src/notes.md': 'nothing' });
  expect((await checkImports(root)).problems).toEqual(['There is no module in src, so nothing was checked.']);
});

test('every module of this project is read', async () => {
  const root = process.cwd();
  const { read } = await checkImports(root);
  expect(read).toBe(sourceModules(root).length);
  expect(read).toBeGreaterThan(25);
});
