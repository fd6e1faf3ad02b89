import type { ModelMeta } from '../meta.ts';

export const meta = {
  id: 'gpt2',
  task: 'text-generation',
  source: 'Radford et al. 2019, Language Models are Unsupervised Multitask Learners',
  shipped: [],
  python: {
    requires: ['transformers>=4.40'],
    files: [],
    imports: 'from transformers import AutoModelForCausalLM',
    build: 'AutoModelForCausalLM.from_pretrained(".")',
  },
} as const satisfies ModelMeta;
