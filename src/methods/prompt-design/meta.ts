import type { MethodMeta } from '../meta.ts';

export const meta = {
  id: 'prompt-design',
  options: [
    { name: 'shots', type: 'integer', default: 4, min: 0, max: 32 },
    { name: 'instruction', type: 'text', default: '' },
  ],
  learningRate: 1e-3,
} as const satisfies MethodMeta;
