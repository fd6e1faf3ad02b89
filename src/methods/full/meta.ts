import type { MethodMeta } from '../meta.ts';

export const meta = { id: 'full', options: [], learningRate: 3e-4 } as const satisfies MethodMeta;
