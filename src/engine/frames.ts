import { ProblemError } from '../protocol/problems.ts';
import type { FrameGuess } from '../protocol/result.ts';
import { guesses } from './evaluate.ts';
import type { Studio } from './studio.ts';
import { taskOf } from './tasks.ts';
import { finished } from './tried.ts';

const GUESSES = 5;

/** One camera frame through the tuned model, as a picture of the same pixels would go. The frame is closed, come what may. */
export async function predictFrame(studio: Studio, id: string, frame: ImageBitmap): Promise<FrameGuess> {
  const started = performance.now();
  try {
    const run = finished(studio, id);
    await studio.backend();
    const { config, processor, summary } = run.model;
    const { pictures } = taskOf(config.architecture);
    if (!pictures) throw new ProblemError('data-unfit', { model: summary.name, task: summary.task, data: 'image' });
    const batch = pictures.frame(frame, processor);
    const logits = await studio.networks.tuned(run).logits({ kind: 'arrays', batch });
    return { guesses: guesses(logits, run.classes, GUESSES), ms: performance.now() - started };
  } finally {
    frame.close();
  }
}
