import type { MethodMeta } from '../meta.ts';

export const meta = { id: 'head', options: [], learningRate: 3e-3 } as const satisfies MethodMeta;
