import { afterEach, expect, test } from 'vitest';
import { userEvent } from 'vitest/browser';
import { show } from './testing/states.tsx';

afterEach(() => {
  localStorage.removeItem('tuning-fork-scheme');
  history.replaceState(null, '', '#/');
});

/** Where Tab stops: of radio buttons that belong together at one, and at nothing that is switched off. */
function stops(): Set<Element> {
  const groups = new Set<string>();
  const all = [...document.querySelectorAll<HTMLElement>('a[href], button, input, select, [tabindex="0"]')];
  return new Set(
    all.filter((each) => {
      if (each.matches(':disabled, [type=hidden], [tabindex="-1"]') || !each.checkVisibility()) return false;
      if (!(each instanceof HTMLInputElement) || each.type !== 'radio') return true;
      const first = !groups.has(each.name);
      groups.add(each.name);
      return first;
    }),
  );
}

/** What the focus may change: on the control, or on the card that it is the radio button of. */
function lookOf(element: Element): string {
  return [element, element.closest('label') ?? element]
    .map((each) => getComputedStyle(each))
    .map(({ outline, border, boxShadow }) => [outline, border, boxShadow].join(' | '))
    .join(' || ');
}

test.each(['data with findings', 'model and method', 'a run that goes', 'an evaluation'])(
  '%s works without a mouse',
  async (name) => {
    await show(name, 'light');
    document.head.append(
      Object.assign(document.createElement('style'), { textContent: '* { transition: none !important }' }),
    );
    const wanted = stops();
    const looks = new Map([...wanted].map((each) => [each, lookOf(each)]));
    const unseen: string[] = [];
    const [skip] = wanted;
    (skip as HTMLElement).focus();
    const reached = new Set<Element>([skip!]);
    for (let i = 0; i < wanted.size + 4; i++) {
      await userEvent.keyboard('{Tab}');
      const at = document.activeElement;
      if (!at || at === document.body) break;
      reached.add(at);
      if (at instanceof HTMLInputElement && at.type === 'radio')
        for (const other of document.getElementsByName(at.name)) reached.add(other);
      if (lookOf(at) === looks.get(at)) unseen.push(at.outerHTML.slice(0, 200));
    }
    expect([...wanted].filter((each) => !reached.has(each)).map((each) => each.outerHTML.slice(0, 200))).toEqual([]);
    expect(unseen).toEqual([]);
  },
);
