import { breathe } from '../lib/breathe.ts';
import { drawToken } from '../lib/sampling.ts';
import { WrittenText } from '../lib/written-text.ts';
import { generate, Reader } from '../nn/generate.ts';
import type { Network } from '../nn/network.ts';
import { ProblemError } from '../protocol/problems.ts';
import type { GeneratedText, Sampling } from '../protocol/text.ts';
import type { Edges } from '../tasks/engine.ts';
import type { TextProcessor } from '../tasks/processor.ts';
import type { Stream } from './streams.ts';

export interface WritingJob {
  /** Asked for at every token: a question about another run may take its place meanwhile. */
  network: () => Pick<Network, 'architecture' | 'ops'>;
  processor: TextProcessor;
  edges: Edges;
  /** Ids that are read first. */
  prompt: readonly number[];
  sampling: Sampling;
  stream?: Stream;
  /** The text so far, after each token. */
  onText?: (text: string) => void;
}

/** Writes one text. Lets waiting messages through after each token. Throws `prompt-too-long`, `device-lost`. */
export async function write(o: WritingJob): Promise<GeneratedText> {
  const { processor, edges, prompt, sampling, stream } = o;
  const context = processor.maxLength;
  if (prompt.length > context) throw new ProblemError('prompt-too-long', { tokens: prompt.length, most: context });
  const started = performance.now();
  const reader = new Reader(o.network);
  const written = new WrittenText((ids) => processor.tokenizer.decode(ids), {
    lead: edges.lead,
    stops: [...edges.stops, sampling.stop],
  });
  let tokens = 0;
  const end = (finish: GeneratedText['finish']): GeneratedText => ({
    text: written.text(true),
    tokens,
    promptTokens: prompt.length,
    seconds: (performance.now() - started) / 1000,
    finish,
  });
  const course = generate(reader, {
    prompt,
    most: sampling.maxTokens,
    context,
    ends: edges.ends,
    draw: (logits, step) => drawToken(logits, sampling, step),
  });
  try {
    for (;;) {
      const { value, done } = await course.next();
      if (stream?.lost) throw new ProblemError('device-lost');
      if (done) return end(value);
      written.push(value);
      tokens++;
      if (written.stopped) return end('stop');
      o.onText?.(written.text());
      await breathe();
      if (stream?.lost) throw new ProblemError('device-lost');
      if (stream?.stopped) return end('cancelled');
    }
  } finally {
    // what was on a device that went away must not be touched
    if (!stream?.lost) reader.dispose();
  }
}
