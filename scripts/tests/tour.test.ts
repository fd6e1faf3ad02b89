import { readdirSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';

const root = new URL('../../', import.meta.url);

it('the tour shows every picture that its script makes, and no other', () => {
  const page = readFileSync(new URL('docs/tour.md', root), 'utf8');
  const script = readFileSync(new URL('scripts/tour.mjs', root), 'utf8');
  const shown = [...page.matchAll(/\]\(tour\/([\w-]+)\.jpg\)/g)].map(([, id]) => id);
  const made = [...script.matchAll(/^ {4}id: '([\w-]+)',$/gm)].map(([, id]) => id);
  expect(shown).toEqual(made);
  expect(readdirSync(new URL('docs/tour', root)).sort()).toEqual(made.map((id) => `${id}.jpg`).sort());
});
