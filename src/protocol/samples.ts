import type { SampleMeta } from './dataset.ts';

/** The datasets that the site ships, each one zip; `public/samples/README.md` says where the pictures come from. */
export const SAMPLES = [
  {
    id: 'digits',
    path: 'samples/digits-5-9.zip',
    pictures: 1000,
    classes: 5,
    bytes: 374_341,
    licence: 'MIT',
    model: 'digits-cnn',
  },
  {
    id: 'drawings',
    path: 'samples/drawings.zip',
    pictures: 240,
    classes: 4,
    bytes: 955_505,
    licence: 'CC BY-SA 4.0',
    model: 'efficientnet-lite0',
  },
] as const satisfies readonly SampleMeta[];
export type SampleId = (typeof SAMPLES)[number]['id'];
