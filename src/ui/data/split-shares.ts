import type { SplitSettings } from '@/protocol/dataset.ts';

/** Shares in whole per cent; together 100. */
export interface Shares {
  train: number;
  validation: number;
  test: number;
}
/** The bar's two borders: between training and validation, and between validation and test. */
export type Border = 'train' | 'validation';

/** No part gets smaller. */
export const LEAST = 5;

export const sharesOf = ({ validation, test }: SplitSettings): Shares => {
  const parts = { validation: Math.round(validation * 100), test: Math.round(test * 100) };
  return { ...parts, train: 100 - parts.validation - parts.test };
};

/** Moves a border to `at` per cent from the left; the third part stays as it is. */
export function moveBorder(shares: Shares, border: Border, at: number): Shares {
  if (border === 'train') {
    const both = shares.train + shares.validation;
    const train = Math.min(both - LEAST, Math.max(LEAST, Math.round(at)));
    return { ...shares, train, validation: both - train };
  }
  const both = shares.validation + shares.test;
  const validation = Math.min(both - LEAST, Math.max(LEAST, Math.round(at) - shares.train));
  return { ...shares, validation, test: both - validation };
}

export const settingsOf = ({ validation, test }: Shares, seed: number): SplitSettings => ({
  validation: validation / 100,
  test: test / 100,
  seed,
});
