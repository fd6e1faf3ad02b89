import type { Split } from './dataset.ts';

export interface Evaluation {
  run: string;
  split: Split;
  classes: readonly string[];
  examples: number;
  loss: number;
  accuracy: number;
  /** `confusion[truth][answer]`, counts. */
  confusion: readonly (readonly number[])[];
  /** Every example's answer: dataset id, truth, and the probability of each class. */
  answers: readonly { id: number; truth: number; probabilities: Float32Array }[];
}

export interface Guess {
  label: string;
  probability: number;
}

/** One picture through the tuned model and the one that it came from; the surest answers first. */
export interface Comparison {
  tuned: readonly Guess[];
  /** The model that it came from, untouched. */
  pretrained: readonly Guess[];
  /** The tuned network under the head that it came with: what is left of the old task. */
  oldHead: readonly Guess[];
  /** Logits of the tuned model, class by class. */
  logits: Float32Array;
}

export interface ExportedFile {
  name: string;
  blob: Blob;
  /** Names and sizes of what is inside. */
  entries: readonly { name: string; bytes: number }[];
  /** The Python snippet of the model card. */
  snippet: string;
  /** The model card, Markdown. */
  card: string;
}
