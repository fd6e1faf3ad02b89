import type { Batch } from '../src/nn/batch.ts';
import { type Bench, withSpread } from './lib/figure.ts';
import { processorMs } from './lib/processor.ts';
import { learnerOf, ON_NODE, readModel, startInNode } from './lib/shipped.ts';

const ROWS = 8;
const TOKENS = 128;
const STEPS = 10;

/** Tokens a second while every weight of the shipped GPT learns: forward, backward and AdamW. */
export const gptTokens: Bench = {
  name: 'gpt-tokens',
  async measure(rounds = 3) {
    await startInNode();
    const model = await readModel('tiny-gpt');
    const { learner } = learnerOf(model, [''], 'full', { clipNorm: 1 });
    const { input, targets } = batchOf(model.summary.input.kind === 'text' ? model.summary.input.vocabulary : 0);
    let step = 0;
    const steps = async (count: number) => {
      const [start, startedAt] = [processorMs(), performance.now()];
      for (const end = step + count; step < end; step++)
        await learner.step([{ input, targets, count: 1 }], {
          step,
          learningRate: 1e-4,
          weightDecay: 0.01,
          momentum: 0,
        });
      return { processor: (processorMs() - start) / 1000, clock: (performance.now() - startedAt) / 1000 };
    };
    await steps(2);
    const all: Awaited<ReturnType<typeof steps>>[] = [];
    for (let round = 0; round < rounds; round++) all.push(await steps(STEPS));
    learner.dispose();
    const each = STEPS * ROWS * TOKENS;
    return [
      {
        what: `full fine-tuning of tiny-gpt (${model.summary.parameters} parameters, ${ROWS} texts of ${TOKENS} tokens a step, AdamW, gradients clipped)`,
        target: { at: 'least', value: 1500 },
        unit: 'tokens/s',
        samples: all.map(({ processor }) => each / processor),
        decides: 'median',
        on: `${ON_NODE}, in processor time`,
        details: [
          `by the clock: ${withSpread(
            all.map(({ clock }) => each / clock),
            'tokens/s',
          )}`,
          'what bounds it: the products are about half, the rest is passes over activations and weights that no product joins',
        ],
      },
    ];
  },
};

/** Tokens in an order without a pattern; what they are does not change the work. */
function batchOf(vocabulary: number) {
  const shape = [ROWS, TOKENS];
  const ids = Int32Array.from({ length: ROWS * TOKENS + 1 }, (_, i) => (i * 7919) % vocabulary);
  const batch: Batch = { ids: { data: ids.slice(0, -1), shape, dtype: 'int32' } };
  const targets: Batch = {
    next: { data: ids.slice(1), shape, dtype: 'int32' },
    weights: { data: new Float32Array(ROWS * TOKENS).fill(1), shape, dtype: 'float32' },
    total: { data: Float32Array.of(ROWS * TOKENS), shape: [], dtype: 'float32' },
  };
  return { input: { kind: 'arrays', batch } as const, targets };
}
