import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { METHOD_METAS } from './metas.ts';

const page = await readFile(new URL('../../docs/methods.md', import.meta.url), 'utf8');
const all = Object.keys(METHOD_METAS);

it('docs/methods.md says of every method when to use it, and of no other', () => {
  const before = page.slice(0, page.indexOf('## Pictures'));
  const rows = [...before.matchAll(/^\| `([\w-]+)` \| (.+\.) \|$/gm)];
  expect(rows.map(([, id]) => id)).toEqual(all);
});

/** What each of the measured tables cannot have: prompts are for texts, prompt design for models that write. */
const WITHOUT = {
  pictures: ['prefix', 'soft-prompt', 'prompt-design'],
  texts: ['prompt-design'],
  writing: [],
} as const;

describe.each(['pictures', 'texts', 'writing'] as const)('the measured table of %s', (name) => {
  const part = page.slice(page.indexOf(`<!-- ${name} -->`), page.indexOf(`<!-- /${name} -->`));
  const rows = [...part.matchAll(/^\| `([\w-]+)` \| (.+) \|$/gm)].map(
    ([, id, rest]) => [id!, rest!.split(' | ')] as const,
  );

  it('has a row of every method that fits', () => {
    const without: readonly string[] = WITHOUT[name];
    expect(rows.map(([id]) => id)).toEqual(all.filter((id) => !without.includes(id)));
  });

  it('tells accuracy with its interval, what it cost, and what was forgotten', () => {
    for (const [id, [accuracy, interval, seconds, memory, weights, old]] of rows) {
      expect(accuracy, id).toMatch(/^\d+\.\d %$/);
      const [low, high] = /^(\d+\.\d) % to (\d+\.\d) %$/.exec(interval!)!.slice(1).map(Number);
      expect(Number.parseFloat(accuracy!), id).toBeGreaterThanOrEqual(low!);
      expect(Number.parseFloat(accuracy!), id).toBeLessThanOrEqual(high!);
      for (const cost of [seconds, memory]) expect(Number(cost), id).toBeGreaterThan(0);
      expect(Number(weights), id).toBeGreaterThanOrEqual(id === 'prompt-design' ? 0 : 1);
      expect(old, id).toMatch(/^\d+\.\d %, \d+\.\d %$/);
    }
  });
});
