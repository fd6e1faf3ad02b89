import { type DatasetSummary, type ExampleTable, exampleName, NONE, SPLITS, type Split } from '@/protocol/dataset.ts';

/** What the gallery shows of a data set. */
export interface Filter {
  /** A class, `NONE` for the unsorted, or all. */
  label: number | 'all';
  part: Part;
  /** Examples that a finding is about; undefined shows every one. */
  among?: ReadonlySet<number> | undefined;
  /** In a picture's path, or in a text, whatever its case. */
  text: string;
}
export const PARTS = ['all', 'in-use', ...SPLITS, 'excluded'] as const;
/** All, what was not left out, a split, or what was left out. */
export type Part = (typeof PARTS)[number];

export const EVERYTHING: Filter = { label: 'all', part: 'all', text: '' };

/** Examples of one class, or the unsorted, in the order in which they came. */
export interface Section {
  /** Index into the classes, or `NONE`; undefined where all stand together. */
  label: number | undefined;
  ids: readonly number[];
}

const isPart = ({ splits, excluded }: ExampleTable, id: number, part: Part): boolean => {
  if (part === 'all') return true;
  if (part === 'excluded') return excluded[id] === 1;
  if (excluded[id]) return false;
  return part === 'in-use' || splits[id] === SPLITS.indexOf(part as Split);
};

/**
 * The sections that have something to show: of pictures what waits to be sorted first, then the classes; texts stay in
 * the order of their table. `found` are the texts that contain what is looked for: they lie in the worker.
 */
export function sectionsOf(dataset: DatasetSummary, filter: Filter, found?: ReadonlySet<number>): Section[] {
  const { examples, classes } = dataset;
  const { label: wanted, part, among, text } = filter;
  const needle = dataset.kind === 'image' ? text.trim().toLowerCase() : '';
  const ids = (function* () {
    for (let id = 0; id < examples.length; id++) {
      if (wanted !== 'all' && examples.labels[id] !== wanted) continue;
      if ((among && !among.has(id)) || (found && !found.has(id))) continue;
      if (!isPart(examples, id, part)) continue;
      if (needle && !exampleName(dataset, id).toLowerCase().includes(needle)) continue;
      yield id;
    }
  })();
  if (dataset.kind === 'text') {
    const all = [...ids];
    return all.length > 0 ? [{ label: undefined, ids: all }] : [];
  }
  // Place 0 is the unsorted.
  const groups = Array.from({ length: classes.length + 1 }, (): number[] => []);
  for (const id of ids) groups[examples.labels[id]! + 1]!.push(id);
  return groups.flatMap((ids, place) => (ids.length > 0 ? [{ label: place - 1, ids }] : []));
}

export interface Tally {
  /** By class: examples that were not left out. */
  sizes: readonly number[];
  unsorted: number;
  excluded: number;
}

/** Counts whether or not a class has enough to take part. */
export function tally({ examples: { length, labels, excluded }, classes }: DatasetSummary): Tally {
  const sizes = new Array<number>(classes.length).fill(0);
  const found = { unsorted: 0, excluded: 0 };
  for (let id = 0; id < length; id++) {
    if (excluded[id]) found.excluded++;
    else if (labels[id] === NONE) found.unsorted++;
    else sizes[labels[id]!]!++;
  }
  return { sizes, ...found };
}
