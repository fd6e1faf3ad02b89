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
  {
    id: 'mails',
    kind: 'text',
    path: 'samples/mails.csv',
    examples: 1500,
    classes: 2,
    bytes: 807_462,
    licence: 'PDDL, CC0',
    model: 'minilm-l6',
  },
  {
    id: 'topics',
    kind: 'text',
    path: 'samples/topics.csv',
    examples: 1019,
    classes: 6,
    bytes: 96_262,
    licence: 'WordNet',
    model: 'minilm-l6',
  },
  {
    id: 'answers',
    kind: 'text',
    path: 'samples/answers.jsonl',
    examples: 506,
    classes: 0,
    bytes: 54_441,
    licence: 'WordNet, MIT',
    model: 'tiny-gpt',
  },
] as const satisfies readonly SampleMeta[];
export type SampleId = (typeof SAMPLES)[number]['id'];
