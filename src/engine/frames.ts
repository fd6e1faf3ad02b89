import type { FrameGuess } from '../protocol/result.ts';
import { guesses } from './evaluate.ts';
import { taskOf } from './examples.ts';
import type { Studio } from './studio.ts';
import { finished } from './tried.ts';

const GUESSES = 5;

/** One camera frame through the tuned model, as a picture of the same pixels would go. The frame is closed, come what may. */
export async function predictFrame(studio: Studio, id: string, frame: ImageBitmap): Promise<FrameGuess> {
  const started = performance.now();
  try {
    const run = finished(studio, id);
    await studio.backend();
    const { config, preprocessor } = run.model;
    const batch = taskOf(config.architecture).frame(frame, preprocessor);
    const logits = await studio.tuned(run).logits({ kind: 'arrays', batch });
    return { guesses: guesses(logits, run.classes, GUESSES), ms: performance.now() - started };
  } finally {
    frame.close();
  }
}
