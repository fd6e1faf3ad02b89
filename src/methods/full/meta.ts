import { DEPTH_OPTIONS, type MethodMeta } from '../meta.ts';

export const meta = { id: 'full', options: DEPTH_OPTIONS, learningRate: 3e-4 } as const satisfies MethodMeta;
