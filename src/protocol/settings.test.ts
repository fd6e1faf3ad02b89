import { expect, it } from 'vitest';
import type { RunSettings } from './run.ts';
import { defaultSettings, withDefaults } from './settings.ts';

it('settings of an earlier version have the defaults of what it did not know, and keep the rest', () => {
  const now: RunSettings = {
    ...defaultSettings(),
    model: { kind: 'shipped', id: 'digits-cnn' },
    method: { id: 'head', options: {} },
    task: {},
    epochs: 7,
  };
  const { l2: _, accumulate: __, dropout: ___, ...before } = now;
  const { synonyms: ____, ...augmentation } = now.augmentation;
  const old = { ...before, augmentation: { ...augmentation, crop: 0.3 } } as RunSettings;
  expect(withDefaults(old)).toEqual({ ...now, augmentation: { ...now.augmentation, crop: 0.3 } });
});
