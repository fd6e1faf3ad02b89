import type { TaskMeta } from '../meta.ts';

export const meta = {
  id: 'image-classification',
  input: 'image',
  output: 'class',
  options: [],
  alters: true,
  learningRates: {},
} as const satisfies TaskMeta;
