import axe from 'axe-core';
import { afterEach, describe, expect, test } from 'vitest';
import { SCREEN_COMPONENTS } from './shell/screens.tsx';
import { STATES, show } from './testing/states.tsx';

afterEach(() => {
  localStorage.removeItem('tuning-fork-scheme');
  history.replaceState(null, '', '#/');
});

test('every screen is looked at', () => {
  expect(new Set(Object.values(STATES).map(({ screen }) => screen))).toEqual(new Set(Object.keys(SCREEN_COMPONENTS)));
});

describe.each(['light', 'dark'] as const)('in %s colours', (scheme) => {
  test.each(Object.keys(STATES))('%s leaves nobody out', async (name) => {
    await show(name, scheme);
    const { violations } = await axe.run(document, { resultTypes: ['violations'] });
    const grave = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical');
    expect(
      grave.map(
        ({ id, nodes }) => `${id}: ${nodes.map(({ html, failureSummary }) => `${html} ${failureSummary}`).join('\n')}`,
      ),
    ).toEqual([]);
  });
});
