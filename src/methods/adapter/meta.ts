import type { MethodMeta } from '../meta.ts';

export const meta = {
  id: 'adapter',
  options: [{ name: 'width', type: 'integer', default: 32, min: 1, max: 1024 }],
  learningRate: 1e-3,
} as const satisfies MethodMeta;
