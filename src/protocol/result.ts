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

/** What a run knows of a training example that others could not tell it: how far it learned it by heart. */
export interface MemorisedExample {
  id: number;
  truth: number;
  /** Probability of its own label by the run, which learned from it, and by models that learned from others alone. */
  seen: number;
  unseen: number;
}

/** Training examples that a run knows by heart, those most so first. */
export interface Memorised {
  run: string;
  /** Training examples that were looked at. */
  examined: number;
  /** Of all of them, the mean of what is seen minus what is unseen. */
  mean: number;
  examples: readonly MemorisedExample[];
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

/**
 * Where the answer came from (Selvaraju et al. 2017, Grad-CAM), over the square that the model sees, pixel by pixel of its
 * input: interpolated from the few places of the network's last spatial value.
 */
export interface Saliency {
  /** Index into the run's classes: the class that the map explains. */
  label: number;
  width: number;
  height: number;
  /** [height, width], 0 to 1, row by row; all zeros where nothing spoke for the class. */
  map: Float32Array;
  /** The square that the model sees, as a picture. */
  picture: Blob;
}

export interface FrameGuess {
  /** Surest first. */
  guesses: readonly Guess[];
  /** From the frame's arrival in the worker to its answer. */
  ms: number;
}

/** A training picture as augmentation gave it to the model. */
export interface AugmentedView {
  id: number;
  /** The other example, where mixup or cutmix took part, and this one's share. */
  mixed?: { id: number; share: number };
  picture: Blob;
}

/** What held-out texts say of a model that writes. */
export interface GenerationEvaluation {
  run: string;
  split: Split;
  examples: number;
  /** Mean cross-entropy of an answer's token, and e to its power. */
  loss: number;
  perplexity: number;
  /** Share of the answers' tokens that are the likeliest next one. */
  tokenAccuracy: number;
  tokens: number;
  /** Of the answers that were written out, greedily: how many, and how they compare with the given ones. */
  written: number;
  /** Share that is equal, blanks apart. */
  exactMatch: number;
  /** chrF2, 0 to 100 (Popovic 2015): the mean over answers. */
  chrf: number;
  /**
   * Where answers are a few words, as of classes: how often the right one is the likeliest of them, of the examples that
   * were written out. No other words can be chosen.
   */
  choices?: { words: readonly string[]; accuracy: number; examples: number };
  /** Every example's figures; `written` and `chrf` of those that were written out. */
  answers: readonly GenerationAnswer[];
}

export interface GenerationAnswer {
  id: number;
  /** Sum over its tokens. */
  loss: number;
  correct: number;
  tokens: number;
  prompt?: string;
  expected?: string;
  written?: string;
  chrf?: number;
  /** The likeliest of the words that answers are. */
  chosen?: string;
}

/** How much each word spoke for a class: the answer with it, less the answer without it. */
export interface WordWeights {
  label: number;
  /** In order; `weight` is a difference of probabilities, 0 for what lies between words. */
  words: readonly { text: string; weight: number }[];
}

/** Training texts as augmentation gives them to the model. */
export interface AugmentedText {
  id: number;
  text: string;
}
