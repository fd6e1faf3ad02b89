import type { TaskMeta } from '../meta.ts';

/** How the tokens' vectors become one: their mean (Reimers and Gurevych 2019), or the first one's (Devlin et al. 2019). */
export const POOLINGS = ['mean', 'cls'] as const;

export const meta = {
  id: 'text-classification',
  input: 'text',
  output: 'class',
  options: [
    { name: 'maxLength', type: 'integer', default: 128, min: 8, max: 512 },
    { name: 'pooling', type: 'choice', default: 'mean', choices: POOLINGS },
  ],
  alters: true,
  // Devlin et al. 2019, appendix A.3, for the whole network
  learningRates: { full: 5e-5, 'last-n': 1e-4, chosen: 1e-4, head: 1e-2 },
} as const satisfies TaskMeta;
