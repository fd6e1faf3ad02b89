import type { SampleMeta } from './dataset.ts';

/** The datasets that the site ships, each one zip; `public/samples/README.md` says where the pictures come from. */
export const SAMPLES: readonly SampleMeta[] = [];
