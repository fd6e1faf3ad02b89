import type { TaskMeta } from '../meta.ts';

/** How messages become one text; `templates.ts` has their words. */
export const TEMPLATES = ['plain', 'dialogue', 'alpaca', 'chatml', 'turns'] as const;
export type TemplateId = (typeof TEMPLATES)[number];

export const meta = {
  id: 'text-generation',
  input: 'text',
  output: 'token',
  takes: ['text-classification'],
  options: [
    { name: 'template', type: 'choice', default: 'dialogue', choices: TEMPLATES },
    { name: 'answerOnly', type: 'switch', default: true },
    { name: 'maxLength', type: 'integer', default: 128, min: 8, max: 1024 },
    { name: 'packing', type: 'switch', default: false },
    { name: 'preamble', type: 'text', default: '' },
    { name: 'samplePrompt', type: 'text', default: '' },
  ],
  alters: false,
  learningRates: { full: 1e-3, 'last-n': 1e-3, chosen: 1e-3, head: 1e-2 },
} as const satisfies TaskMeta;
