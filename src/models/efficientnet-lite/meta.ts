import type { ModelMeta } from '../meta.ts';

export const meta = {
  id: 'efficientnet-lite',
  task: 'image-classification',
  source: 'Tan and Le 2019, arXiv:1905.11946',
  shipped: [
    {
      id: 'efficientnet-lite0',
      architecture: 'efficientnet-lite',
      bytes: 9410496,
      sha256: 'fcd887972b7cf8f3780d1298c8e768ad6983ddc315b41ab679ef2dd5d8e13dff',
      parameters: 4652008,
      input: { kind: 'image', size: 224, channels: 3 },
      classes: 1000,
      licence: 'Apache-2.0',
      notices: ['LICENSE', 'NOTICE'],
      probes: {
        kind: 'answers',
        file: 'probes.zip',
        bytes: 104123,
        sha256: '75d677c57f355701d85719730c0cae4627456a6c4ea4afdcf2c1456b39a172c6',
        count: 64,
      },
    },
  ],
  python: {
    requires: ['efficientnet-lite-pytorch==0.1.0'],
    files: [],
    imports: 'from efficientnet_lite_pytorch import EfficientNet',
    build: 'EfficientNet.from_name("efficientnet-lite0", num_classes=len(labels), image_size=config["image_size"])',
  },
} as const satisfies ModelMeta;
