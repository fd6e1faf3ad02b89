import type { MethodMeta } from '../meta.ts';

export const meta = {
  id: 'adapter',
  options: [{ name: 'width', type: 'integer', default: 32, min: 1, max: 1024 }],
  learningRate: 1e-3,
  python: {
    requires: [],
    files: ['bottlenecks.py'],
    imports: 'from bottlenecks import add_bottlenecks',
    apply: 'add_bottlenecks(model, ".")',
  },
} as const satisfies MethodMeta;
