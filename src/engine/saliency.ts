import { gradCam, resizeMap } from '../nn/saliency.ts';
import type { TriedPicture } from '../protocol/messages.ts';
import type { Saliency } from '../protocol/result.ts';
import { taskOf } from './examples.ts';
import type { Studio } from './studio.ts';
import { finished, inputOf, triedPicture } from './tried.ts';

/** Grad-CAM of the tuned model for one of its classes, in the resolution of the model's input. */
export async function explain(studio: Studio, id: string, tried: TriedPicture, label: number): Promise<Saliency> {
  const run = finished(studio, id);
  if (!(label in run.classes)) throw new RangeError(`no class ${label} of ${run.classes.length}`);
  await studio.backend();
  const { preprocessor, config } = run.model;
  const { picture, name } = triedPicture(studio, run, tried);
  const input = await inputOf(picture, name, run.model);
  const small = await gradCam(studio.tuned(run), input, label);
  const seen = await taskOf(config.architecture).show(input.batch, 0, preprocessor);
  return { label, ...resizeMap(small, preprocessor.size), picture: seen };
}
