import type { MethodMeta } from '../meta.ts';

export const meta = {
  id: 'chosen',
  options: [{ name: 'chosenStages', type: 'list', default: [], of: 'stages' }],
  learningRate: 3e-4,
} as const satisfies MethodMeta;
