import { OpenedImages, type Picture } from '@/data/image-dataset.ts';
import { fingerprintOf, SIDE } from '@/data/report/fingerprint.ts';
import { ByteLru } from '@/lib/lru.ts';
import { type ImageSummary, NONE } from '@/protocol/dataset.ts';
import type { CommandOf } from '@/protocol/messages.ts';
import { drawnPicture } from './fixtures.ts';

/** The same pictures, and nothing that says what they show. */
export const withoutLabels = (dataset: ImageSummary): ImageSummary => {
  const { length } = dataset.examples;
  return openedOf({
    ...dataset,
    classes: [],
    examples: { ...dataset.examples, labels: new Int32Array(length).fill(NONE) },
  }).summary();
};

/** Nothing here is recognised by its looks. */
const GREY = new Uint8ClampedArray(4 * SIDE * SIDE).fill(128);

/** The engine's own data set, which can be edited, on drawn pictures. */
function openedOf({ classes, examples, ...rest }: ImageSummary): OpenedImages {
  const { id, name, groups, split, problems, filesRead, readMs } = rest;
  const { length, labels, excluded, paths, widths, heights } = examples;
  const pictures = Array.from({ length }, (_, i): Picture => {
    const blob = drawnPicture(labels[i]!, i);
    const size = { width: widths[i]!, height: heights[i]! };
    return { path: paths[i]!, blob, thumbnail: blob, ...size, fingerprint: fingerprintOf(GREY, String(i)) };
  });
  const names = classes.map((one) => one.name);
  const state = {
    kind: 'image' as const,
    id,
    name,
    groups,
    split,
    problems,
    filesRead,
    readMs,
    classes: names,
    labels,
    excluded,
  };
  return new OpenedImages({ ...state, splits: new Int8Array(0) }, pictures, new ByteLru(0));
}

/** Answers of a data set whose edits take effect and can be undone. */
export function edited(dataset: ImageSummary) {
  const opened = openedOf(dataset);
  return {
    edit: ({ edit }: CommandOf<'edit'>) => {
      opened.edit(edit);
      return opened.summary();
    },
    undo: () => {
      opened.undo();
      return opened.summary();
    },
    redo: () => {
      opened.redo();
      return opened.summary();
    },
    picture: ({ id }: CommandOf<'picture'>) => opened.blob(id),
    report: () => ({ findings: [], examined: dataset.examples.length, ms: 1 }),
  };
}
