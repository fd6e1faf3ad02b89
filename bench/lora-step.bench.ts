import { labelTargets } from '../src/nn/classification.ts';
import { sizeOf } from '../src/nn/profile.ts';
import type { TextProcessor } from '../src/tasks/processor.ts';
import { encode, inputs } from '../src/tasks/text-classification/engine.ts';
import { type Bench, spread, withSpread } from './lib/figure.ts';
import { processorMs } from './lib/processor.ts';
import { learnerOf, ON_NODE, readModel, startInNode } from './lib/shipped.ts';

const CLASSES = ['a', 'b', 'c', 'd'];
const BATCH = 16;
const TOKENS = 32;
const STEPS = 6;

/** A step of LoRA against one of full fine-tuning, on the same batch and in turns, with what each keeps beside the weights. */
export const loraStep: Bench = {
  name: 'lora-step',
  async measure(rounds = 5) {
    await startInNode();
    const model = await readModel('minilm-l6');
    const { tokenizer } = model.processor as TextProcessor;
    const words = 'the small dog that sleeps by our warm old stove barks at every stranger who comes along the road ';
    const rows = Array.from({ length: BATCH }, (_, i) =>
      encode(tokenizer, words.repeat(2).slice(i), undefined, TOKENS),
    );
    const input = { kind: 'arrays', batch: inputs(rows, tokenizer, TOKENS) } as const;
    const labels = rows.map((_, i) => i % CLASSES.length);
    const targets = labelTargets(labels, { classes: CLASSES.length, smoothing: 0 }).batch;
    const learners = (['full', 'lora'] as const).map((method) => learnerOf(model, CLASSES, method).learner);
    const times: number[][] = [[], []];
    let step = 0;
    const once = async (which: number) => {
      const context = { step: step++, learningRate: 1e-4, weightDecay: 0.01, momentum: 0.9 };
      const start = processorMs();
      await learners[which]!.step([{ input, targets, count: BATCH }], context);
      return processorMs() - start;
    };
    for (const which of [0, 1]) await once(which);
    for (let round = 0; round < rounds; round++) {
      const sums = [0, 0];
      for (let i = 0; i < STEPS; i++) for (const which of [0, 1]) sums[which]! += await once(which);
      for (const which of [0, 1]) times[which]!.push(sums[which]! / STEPS);
    }
    const [full, lora] = learners.map((learner) => ({
      trainable: learner.trainable.reduce((sum, name) => sum + sizeOf(learner.network.weights.get(name).shape), 0),
      kept: (learner.gradientBytes + learner.optimizerBytes) / 2 ** 20,
    }));
    for (const learner of learners) learner.dispose();
    const keeps = ({ trainable, kept }: { trainable: number; kept: number }) =>
      `${trainable} weights move, gradients and optimizer state ${kept.toFixed(1)} MiB`;
    return [
      {
        what: `a step of LoRA against one of full fine-tuning (MiniLM-L6, rank 8 on query and value, ${BATCH} texts of ${TOKENS} tokens, AdamW)`,
        target: { at: 'most', value: 75 },
        unit: '%',
        samples: times[0]!.map((ms, i) => (100 * times[1]![i]!) / ms),
        decides: 'median',
        on: `${ON_NODE}, in processor time`,
        details: [
          `full: ${withSpread(times[0]!, 'ms')} a step; ${keeps(full!)}`,
          `LoRA: ${withSpread(times[1]!, 'ms')} a step; ${keeps(lora!)}`,
          `${rounds} rounds of ${STEPS} steps each, in turns; least share ${spread(times[0]!.map((ms, i) => (100 * times[1]![i]!) / ms)).min.toFixed(0)} %`,
        ],
      },
    ];
  },
};
