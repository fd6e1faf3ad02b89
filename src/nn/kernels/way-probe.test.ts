import { expect, it } from 'vitest';
import { fastest } from './way-probe.ts';

it('waits for times that tell something', () => {
  expect(fastest({ shared: 3.9, alone: 1 }, 1)).toBeUndefined();
  expect(fastest({ shared: 4, alone: 3.9 }, 1)).toBe('shared');
});

it('takes another way only where it is clearly faster, beyond what an idle device takes', () => {
  expect(fastest({ shared: 10, alone: 7.1 }, 1)).toBe('shared');
  expect(fastest({ shared: 10, alone: 6.9 }, 1)).toBe('alone');
  expect(fastest({ shared: 10, alone: 20, subgroups: 7.1 }, 1)).toBe('shared');
  expect(fastest({ shared: 10, alone: 20, subgroups: 6.9 }, 1)).toBe('subgroups');
});

it('takes threads that are alone before subgroups, so that two close ones do not change places', () => {
  expect(fastest({ shared: 10, alone: 4, subgroups: 3.9 }, 1)).toBe('alone');
  expect(fastest({ shared: 10, alone: 3.9, subgroups: 4 }, 1)).toBe('alone');
});
