import type { StudioClient } from '../client/client.ts';
import type { Prompt } from '../protocol/messages.ts';
import type { GeneratedText, Sampling } from '../protocol/text.ts';
import type { ProblemPlace, StudioStore } from './store.ts';

/** The model that writes: the tuned one, or the one before training. */
export type Side = 'tuned' | 'base';

/** Where the text of a run's side stands under `generated`. */
export const streamOf = (run: string, which: Side): string => `${run}/${which}`;

interface Around {
  store: StudioStore;
  client: StudioClient;
  /** Runs `work`; a problem is kept for the place where the page shows it. */
  attempt<T>(place: ProblemPlace, work: () => Promise<T>): Promise<T | undefined>;
}

/** What a person can do with a model that writes. */
export function createGenerationActions({ store, client, attempt }: Around) {
  const show = (stream: string, text: string) =>
    store.setState(({ generated }) => ({ generated: { ...generated, [stream]: text } }));

  return {
    /**
     * Writes on from a prompt; the text so far stands under `generated[streamOf(run, which)]`, and stays when it is whole.
     * A side writes one text at a time: another one that it is still writing ends first.
     */
    async generate(run: string, which: Side, prompt: Prompt, sampling: Sampling): Promise<GeneratedText | undefined> {
      const stream = streamOf(run, which);
      await client.call({ kind: 'stop-generating', stream });
      show(stream, '');
      const written = await attempt('evaluate', () =>
        client.call({ kind: 'generate', run, which, prompt, sampling, stream }),
      );
      if (written) show(stream, written.text);
      return written;
    },

    /** Both sides of a run, or one; what was written so far is their answer. */
    async stopGenerating(run: string, which?: Side): Promise<void> {
      const sides: readonly Side[] = which ? [which] : ['tuned', 'base'];
      await Promise.all(sides.map((side) => client.call({ kind: 'stop-generating', stream: streamOf(run, side) })));
    },
  };
}
