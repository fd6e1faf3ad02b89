import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { METHOD_METAS } from './metas.ts';

it('docs/methods.md says of every method when to use it, and of no other', async () => {
  const page = await readFile(new URL('../../docs/methods.md', import.meta.url), 'utf8');
  const before = page.slice(0, page.indexOf('## Pictures'));
  const rows = [...before.matchAll(/^\| `([\w-]+)` \| (.+\.) \|$/gm)];
  expect(rows.map(([, id]) => id)).toEqual(Object.keys(METHOD_METAS));
  for (const name of ['pictures', 'texts']) expect(page).toContain(`<!-- ${name} -->`);
});
