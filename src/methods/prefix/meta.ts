import type { MethodMeta } from '../meta.ts';

export const meta = {
  id: 'prefix',
  options: [{ name: 'tokens', type: 'integer', default: 8, min: 1, max: 256 }],
  learningRate: 1e-2,
  python: {
    requires: ['peft>=0.17'],
    files: [],
    imports: 'from peft import PeftModel',
    apply: 'model = PeftModel.from_pretrained(model, "adapter")',
  },
} as const satisfies MethodMeta;
