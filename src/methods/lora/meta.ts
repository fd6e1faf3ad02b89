import type { MethodMeta } from '../meta.ts';

export const meta = {
  id: 'lora',
  options: [
    { name: 'rank', type: 'integer', default: 8, min: 1, max: 1024 },
    { name: 'alpha', type: 'number', default: 16, min: 0.1, max: 1024 },
    { name: 'loraDropout', type: 'number', default: 0, min: 0, max: 0.9 },
    { name: 'modules', type: 'list', default: [], of: 'modules' },
  ],
  learningRate: 1e-3,
} as const satisfies MethodMeta;
