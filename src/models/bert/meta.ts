import type { ModelMeta } from '../meta.ts';

export const meta = {
  id: 'bert',
  task: 'text-classification',
  source: 'Devlin et al. 2019, arXiv:1810.04805',
  shipped: [
    {
      id: 'minilm-l6',
      architecture: 'bert',
      bytes: 45438272,
      sha256: '85ee3097e0401b9b359c27e2a6a450bccfb6670fd7f3767132cdab38c72f862c',
      // without the head, which every run draws anew
      parameters: 22565376,
      input: { kind: 'text', maxLength: 512, vocabulary: 30522 },
      classes: 0,
      licence: 'Apache-2.0',
      notices: ['LICENSE', 'NOTICE'],
      probes: {
        kind: 'neighbours',
        file: 'probes.json',
        bytes: 5911,
        sha256: 'd8f9c1fff817627596e79a0b00235cb23bf04a27b56c51e5680e2d3b412c916c',
        count: 128,
      },
    },
  ],
  python: {
    requires: ['transformers>=4.40'],
    files: [],
    imports: 'from transformers import AutoConfig, AutoModelForSequenceClassification',
    build: 'AutoModelForSequenceClassification.from_config(AutoConfig.from_pretrained("."))',
  },
} as const satisfies ModelMeta;
