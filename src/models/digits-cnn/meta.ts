import type { ModelMeta } from '../meta.ts';

export const meta = {
  id: 'digits-cnn',
  task: 'image-classification',
  source: 'LeCun et al. 1998, with strided 3x3 convolutions',
  shipped: [
    {
      id: 'digits-cnn',
      architecture: 'digits-cnn',
      bytes: 220764,
      sha256: '1da3173677a77f237769866fbe3b5502eb8f379265aa54dafd1d2cb9f8f69f59',
      parameters: 109914,
      input: { kind: 'image', size: 28, channels: 1 },
      classes: 10,
      licence: 'Apache-2.0',
      notices: ['LICENSE'],
      probes: {
        kind: 'labels',
        file: 'probes.zip',
        bytes: 33914,
        sha256: 'cd52b336c46af32623970e26a82056b4d138ef1008ab409ce92416d9bf699739',
        count: 200,
      },
      replay: {
        file: 'replay.safetensors',
        bytes: 157752,
        sha256: '4458a956d176b5704e3701760f141c393409ee92cbd309cdeef3b7a83ea1f6a2',
        count: 200,
      },
    },
  ],
  python: {
    requires: [],
    files: ['digits_cnn.py'],
    imports: 'from digits_cnn import DigitsCnn',
    build:
      'DigitsCnn(num_labels=len(labels), channels=config["channels"], widths=config["widths"], hidden=config["hidden"])',
  },
} as const satisfies ModelMeta;
