import type { ModelMeta } from '../meta.ts';

export const meta = {
  id: 'digits-cnn',
  task: 'image-classification',
  source: 'LeCun et al. 1998, with strided 3x3 convolutions',
  shipped: [
    {
      id: 'digits-cnn',
      architecture: 'digits-cnn',
      bytes: 0,
      sha256: '',
      parameters: 109914,
      input: { kind: 'image', size: 28, channels: 1 },
      classes: 10,
      licence: 'Apache-2.0',
    },
  ],
} as const satisfies ModelMeta;
