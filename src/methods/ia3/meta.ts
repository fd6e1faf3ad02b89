import type { MethodMeta } from '../meta.ts';

export const meta = {
  id: 'ia3',
  options: [{ name: 'modules', type: 'list', default: [], of: 'modules' }],
  learningRate: 3e-3,
} as const satisfies MethodMeta;
