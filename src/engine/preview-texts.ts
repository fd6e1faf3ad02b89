import { altered } from '../data/text/altered.ts';
import { wholeText } from '../data/text/messages.ts';
import type { CommandOf } from '../protocol/messages.ts';
import type { AugmentedText } from '../protocol/result.ts';
import type { Studio } from './studio.ts';
import { thesaurusFor } from './thesaurus.ts';

/**
 * Texts as augmentation would give them to the model, view after view in the order of `ids`; view v is that of epoch v + 1
 * of a run with this seed. Throws `no-dataset`, and `model-missing` where the site does not send its thesaurus.
 */
export async function previewTexts(studio: Studio, o: CommandOf<'augment-texts'>): Promise<AugmentedText[]> {
  const texts = studio.openedTexts();
  const thesaurus = await thesaurusFor(studio.root, o.augmentation);
  return Array.from({ length: o.views }, (_, view) =>
    o.ids.map((id) => {
      const example = altered(texts.example(id), o.augmentation, { seed: o.seed, view, id }, thesaurus);
      return { id, text: wholeText(example) };
    }),
  ).flat();
}
