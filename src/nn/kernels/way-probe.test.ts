import { expect, it } from 'vitest';
import { fastest } from './way-probe.ts';

const rows = (found: Parameters<typeof fastest>[1]) => fastest('rows', found, 1);

it('waits for times that tell something', () => {
  expect(rows({ shared: 3.9, alone: 1 })).toBeUndefined();
  expect(rows({ shared: 4, alone: 3.9 })).toBe('shared');
});

it('takes another way only where it is clearly faster, beyond what an idle device takes', () => {
  expect(rows({ shared: 10, alone: 7.1 })).toBe('shared');
  expect(rows({ shared: 10, alone: 6.9 })).toBe('alone');
  expect(rows({ shared: 10, alone: 20, subgroups: 7.1 })).toBe('shared');
  expect(rows({ shared: 10, alone: 20, subgroups: 6.9 })).toBe('subgroups');
});

it('takes threads that are alone before subgroups, so that two close ones do not change places', () => {
  expect(rows({ shared: 10, alone: 4, subgroups: 3.9 })).toBe('alone');
  expect(rows({ shared: 10, alone: 3.9, subgroups: 4 })).toBe('alone');
});

it('keeps weights in half precision unless that is slower by more than a tenth', () => {
  expect(fastest('weights', { wide: 10, half: 10.9 }, 1)).toBe('half');
  expect(fastest('weights', { wide: 10, half: 10.91 }, 1)).toBe('wide');
  expect(fastest('weights', { wide: 10, half: 5 }, 1)).toBe('half');
});

it('takes products alone where they are clearly faster', () => {
  expect(fastest('products', { shared: 10, alone: 7.1 }, 1)).toBe('shared');
  expect(fastest('products', { shared: 10, alone: 6.9 }, 1)).toBe('alone');
});
