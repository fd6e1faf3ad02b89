import type { ModelMeta } from '../meta.ts';

export const meta = {
  id: 'gpt2',
  task: 'text-generation',
  source: 'Radford et al. 2019, Language Models are Unsupervised Multitask Learners',
  shipped: [
    {
      id: 'tiny-gpt',
      architecture: 'gpt2',
      bytes: 4358064,
      sha256: 'a2da908f6b19e46192745bad9cc9197f83a1e3f918207947b919aa30920b5bf1',
      parameters: 1088256,
      input: { kind: 'text', maxLength: 256, vocabulary: 2048 },
      classes: 0,
      licence: 'Apache-2.0',
      notices: ['LICENSE', 'NOTICE'],
      probes: {
        kind: 'text',
        file: 'heldout.txt',
        bytes: 26772,
        sha256: 'ac6e8570241e2fd4d11650595a72a9f7b25a51b686b85ae9cf96d7c420c79728',
        count: 31,
      },
      replay: {
        file: 'replay.json',
        bytes: 97539,
        sha256: 'e74853307694e62eda0a4aa90e2a3078791759bddc3e434799532ccdff07cbff',
        count: 72,
      },
    },
  ],
  python: {
    requires: ['transformers>=4.40'],
    files: [],
    imports: 'from transformers import AutoModelForCausalLM',
    build: 'AutoModelForCausalLM.from_pretrained(".")',
  },
} as const satisfies ModelMeta;
