import type { TaskMeta } from '../meta.ts';

export const meta = {
  id: 'image-classification',
  input: 'image',
  output: 'class',
  options: [],
  learningRates: {},
} as const satisfies TaskMeta;
