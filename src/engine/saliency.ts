import { gradCam, resizeMap } from '../nn/saliency.ts';
import type { TriedPicture } from '../protocol/messages.ts';
import { ProblemError } from '../protocol/problems.ts';
import type { Saliency } from '../protocol/result.ts';
import type { Studio } from './studio.ts';
import { taskOf } from './tasks.ts';
import { finished, inputOf, resolve } from './tried.ts';

/** Grad-CAM of the tuned model for one of its classes, in the resolution of the model's input. */
export async function explain(studio: Studio, id: string, tried: TriedPicture, label: number): Promise<Saliency> {
  const run = finished(studio, id);
  if (!(label in run.classes)) throw new RangeError(`no class ${label} of ${run.classes.length}`);
  await studio.backend();
  const { processor, config } = run.model;
  const { pictures } = taskOf(config.architecture);
  if (!pictures || processor.kind !== 'image')
    throw new ProblemError('data-unfit', {
      model: run.model.summary.name,
      task: run.model.summary.task,
      data: 'image',
    });
  const input = await inputOf(resolve(studio, run, tried), run.model, run.settings.task);
  const small = await gradCam(studio.networks.tuned(run), input, label);
  const seen = await pictures.show(input.batch, 0, processor);
  return { label, ...resizeMap(small, processor.config.size), picture: seen };
}
