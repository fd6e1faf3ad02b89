import type { SampleMeta } from './dataset.ts';

/** The datasets that the site ships, each one file; `public/samples/README.md` says where they come from. */
export const SAMPLES = [
  {
    id: 'digits',
    kind: 'image',
    path: 'samples/digits-5-9.zip',
    examples: 1000,
    classes: 5,
    bytes: 374_341,
    licence: 'MIT',
    model: 'digits-cnn',
  },
  {
    id: 'drawings',
    kind: 'image',
    path: 'samples/drawings.zip',
    examples: 240,
    classes: 4,
    bytes: 955_505,
    licence: 'CC BY-SA 4.0',
    model: 'efficientnet-lite0',
  },
] as const satisfies readonly SampleMeta[];
export type SampleId = (typeof SAMPLES)[number]['id'];
