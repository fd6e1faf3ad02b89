import type { ModelId } from './model-ids.ts';
import { MODEL_IDS } from './model-ids.ts';
import type { Variant } from './ours.ts';
import type { StepCounts } from './step-counter.ts';

export interface CountOptions {
  /** Keep dispatches by name. */
  tallied?: boolean;
}

export interface Contender {
  label: string;
  models: readonly ModelId[];
  /** Of them, those that take half a minute: counted when they are named, else as `peers.json` has them. */
  slow?: readonly ModelId[];
  /** Loaded in a process of its own: what one registers in TensorFlow.js, no other sees. */
  load(): Promise<(id: ModelId, o: CountOptions) => Promise<StepCounts>>;
}

/** Milliseconds that ours are counted for beyond the fewest steps: what runs more often is compiled better, as in a real run. */
const BUDGET_MS = 1500;

const ours = (label: string, variant: Variant, budgetMs = 0): Contender => ({
  label,
  models: MODEL_IDS,
  load: async () => {
    const { countOurs } = await import('./ours.ts');
    return (id, o) => countOurs(id, variant, { ...o, budgetMs });
  },
});

export const CONTENDERS = {
  ours: ours('ours', 'full', BUDGET_MS),
  lora: ours('ours, LoRA', 'lora'),
  halves: ours('ours, LoRA on halves', 'halves'),
  dropout: ours('ours, dropout 0.1', 'dropout'),
  clipping: ours('ours, clipped', 'clipping'),
  checkpointing: ours('ours, checkpointed', 'checkpointing'),
  answer: ours('ours, a validation batch', 'answer'),
  loop: {
    label: 'TensorFlow.js, loop with tf.train.adam',
    models: MODEL_IDS,
    load: async () => (await import('./stock.ts')).countLoop,
  },
  fit: {
    label: 'TensorFlow.js, model.fit',
    models: MODEL_IDS,
    slow: ['gpt2', 'efficientnet'],
    load: async () => (await import('./stock.ts')).countFit,
  },
  nanogpt: {
    label: '@genai-fi/nanogpt 1.3.0',
    models: ['gpt-4l'],
    load: async () => (await import('./nanogpt.ts')).countNanoGpt,
  },
} as const satisfies Record<string, Contender>;

export type ContenderId = keyof typeof CONTENDERS;
export const CONTENDER_IDS = Object.keys(CONTENDERS) as ContenderId[];
export const OURS = [
  'ours',
  'lora',
  'halves',
  'dropout',
  'clipping',
  'checkpointing',
  'answer',
] as const satisfies readonly ContenderId[];
export const isContenderId = (id: string): id is ContenderId => Object.hasOwn(CONTENDERS, id);
