import { DEPTH_OPTIONS, type MethodMeta } from '../meta.ts';

export const meta = {
  id: 'last-n',
  options: [{ name: 'stages', type: 'integer', default: 3, min: 1, max: 100 }, ...DEPTH_OPTIONS],
  learningRate: 3e-4,
} as const satisfies MethodMeta;
