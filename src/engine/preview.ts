import { batchesOf } from '../data/batches.ts';
import { readBack } from '../nn/input.ts';
import type { CommandOf } from '../protocol/messages.ts';
import { ProblemError } from '../protocol/problems.ts';
import type { AugmentedView } from '../protocol/result.ts';
import { sourceOf } from './examples.ts';
import type { Studio } from './studio.ts';
import { taskOf } from './tasks.ts';
import { PREFIX_BATCH, partnersOf } from './views.ts';

/**
 * Examples as augmentation would give them to the model, view after view in the order of `ids`; view v is that of epoch
 * v + 1 of a run with this seed. Partners for mixing are drawn from `ids`, where a run draws them from its batch. Throws
 * `no-dataset`, `one-class`.
 */
export async function previewAugmentation(studio: Studio, o: CommandOf<'augment'>): Promise<AugmentedView[]> {
  const dataset = studio.needDataset();
  const model = await studio.model(o.model);
  const { config, processor, summary } = model;
  await studio.backend();
  const { pictures } = taskOf(config.architecture);
  if (!pictures) throw new ProblemError('data-unfit', { model: summary.name, task: summary.task, data: 'image' });
  const source = sourceOf(dataset, model, {});
  const views: AugmentedView[] = [];
  for (let view = 0; view < o.views; view++) {
    let first = 0;
    for (const ids of batchesOf(o.ids, PREFIX_BATCH)) {
      const augmented = source.augmented(o.augmentation, { seed: o.seed, view, ids, first });
      const batch = await readBack({
        kind: 'arrays',
        batch: await source.inputs(ids),
        augment: augmented.augment,
      });
      const partners = partnersOf(augmented, ids);
      for (const [i, id] of ids.entries()) {
        const picture = await pictures.show(batch, i, processor);
        views.push({ id, picture, ...(partners[i] ? { mixed: partners[i] } : {}) });
      }
      first += ids.length;
    }
  }
  return views;
}
