import { batchesOf, byLength } from '../data/batches.ts';
import { breathe } from '../lib/breathe.ts';
import { readAhead } from '../lib/read-ahead.ts';
import type { Network } from '../nn/network.ts';
import type { Split } from '../protocol/dataset.ts';
import type { Evaluation, Guess } from '../protocol/result.ts';
import type { ExampleSource } from '../tasks/engine.ts';

/** exp(x - max) / Σ, in double precision. */
export function softmax(logits: Float32Array): Float32Array {
  const top = logits.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
  const powers = Float64Array.from(logits, (logit) => Math.exp(logit - top));
  const total = powers.reduce((a, b) => a + b, 0);
  return Float32Array.from(powers, (power) => power / total);
}

/** log Σ exp(x) - x[label]: cross-entropy of one example, in double precision. */
export function crossEntropyOf(logits: Float32Array, label: number): number {
  const top = logits.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
  let total = 0;
  for (const logit of logits) total += Math.exp(logit - top);
  return Math.log(total) + top - logits[label]!;
}

const argMax = (values: Float32Array): number => values.indexOf(values.reduce((a, b) => Math.max(a, b)));

/** The `count` likeliest labels, surest first. */
export const guesses = (logits: Float32Array, labels: readonly string[], count: number): Guess[] =>
  [...softmax(logits)]
    .map((probability, i) => ({ label: labels[i] ?? String(i), probability }))
    .sort((a, b) => b.probability - a.probability)
    .slice(0, count);

/** The network's answers on a split, in inference mode: plain cross-entropy, accuracy and the confusion matrix. */
export async function evaluate(
  o: {
    run: string;
    split: Split;
    network: Pick<Network, 'logits'>;
    source: ExampleSource;
    ids: readonly number[];
    classes: readonly string[];
    batchSize: number;
  },
  onProgress: (done: number, total: number) => void,
): Promise<Evaluation> {
  const k = o.classes.length;
  const confusion = o.classes.map(() => new Array<number>(k).fill(0));
  const answers = new Map<number, { id: number; truth: number; probabilities: Float32Array }>();
  let loss = 0;
  let correct = 0;
  const read = async (ids: readonly number[]) => ({ ids, batch: await o.source.inputs(ids) });
  for await (const { ids, batch } of readAhead(batchesOf(byLength(o.ids, o.source.length), o.batchSize), read)) {
    const logits = await o.network.logits({ kind: 'arrays', batch });
    ids.forEach((id, i) => {
      const row = logits.subarray(i * k, (i + 1) * k);
      const truth = o.source.label(id);
      const answer = argMax(row);
      confusion[truth]![answer]!++;
      if (answer === truth) correct++;
      loss += crossEntropyOf(row, truth);
      answers.set(id, { id, truth, probabilities: softmax(row) });
    });
    onProgress(answers.size, o.ids.length);
    await breathe();
  }
  const examples = o.ids.length;
  return {
    run: o.run,
    split: o.split,
    classes: o.classes,
    examples,
    loss: loss / examples,
    accuracy: correct / examples,
    confusion,
    answers: o.ids.map((id) => answers.get(id)!),
  };
}
