import { type ClassSummary, DEFAULT_SPLIT, type Split } from '../protocol/dataset.ts';
import type { ImageDataset } from './image-dataset.ts';
import type { Dataset } from './opened-dataset.ts';
import type { TextDataset } from './text-dataset.ts';

/** Examples that come with the site, all of them for training: nobody sorts, edits or keeps them. */
function fixed(name: string, classes: readonly string[], labels: Int32Array): Omit<Dataset, 'kind'> {
  const all = Array.from(labels, (_, id) => id);
  const counts = classes.map((one, label): Pick<ClassSummary, 'name' | 'counts'> => {
    const train = labels.reduce((sum, each) => sum + Number(each === label), 0);
    return { name: one, counts: { train, validation: 0, test: 0 } };
  });
  const state = { name, classes, split: DEFAULT_SPLIT, counts, labels, splits: new Int8Array(labels.length) };
  return {
    ...state,
    origin: labels,
    state,
    ids: (split: Split) => (split === 'train' ? all : []),
    label: (id) => labels[id]!,
    path: (id) => `${name}:${id}`,
  };
}

/** Pictures as one array of prepared pixels, 0 to 255, of the size that the model takes. */
export function fixedImages(
  name: string,
  classes: readonly string[],
  { pixels, labels }: { pixels: Uint8Array; labels: Int32Array },
): ImageDataset {
  const each = pixels.length / labels.length;
  return {
    ...fixed(name, classes, labels),
    kind: 'image',
    pixels: async (id) => pixels.subarray(id * each, (id + 1) * each),
    blob: () => new Blob(),
  };
}

/** Texts to go on from. */
export const fixedTexts = (name: string, texts: readonly string[]): TextDataset => ({
  ...fixed(name, [''], new Int32Array(texts.length)),
  kind: 'text',
  task: 'text-generation',
  example: (id) => ({ messages: [{ role: 'assistant', content: texts[id]! }] }),
});
