import type { MethodMeta } from '../meta.ts';

export const meta = { id: 'bias', options: [], learningRate: 1e-3 } as const satisfies MethodMeta;
