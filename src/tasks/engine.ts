import type { Dataset } from '../data/opened-dataset.ts';
import type { TextExample } from '../data/text/messages.ts';
import type { Thesaurus } from '../data/text/thesaurus.ts';
import type { Mix, Occasion } from '../nn/augment/mix.ts';
import type { Batch } from '../nn/batch.ts';
import type { TargetOptions, Targets } from '../nn/classification.ts';
import type { ArrayInput } from '../nn/input.ts';
import type { Objective } from '../nn/loss-gradient.ts';
import type { PictureForm } from '../nn/picture-table.ts';
import type { Augmentation } from '../protocol/augmentation.ts';
import type { OptionValues } from '../protocol/options.ts';
import type { ChatMessage } from '../protocol/text.ts';
import type { Processor } from './processor.ts';

/** What is done to one batch of training examples. */
export interface Augmented {
  /** Other inputs than `ExampleSource.inputs` gives, where examples change before they become numbers. */
  inputs?: () => Promise<Batch>;
  /** Changes on the device. */
  augment?: NonNullable<ArrayInput['augment']>;
  /** Which of them were mixed with which. */
  mix: Mix | undefined;
}

/** Examples of a data set as one model takes them. */
export interface ExampleSource {
  label(id: number): number;
  /** Tokens of an example, where examples differ in length: batches are then made of like ones. */
  length?(id: number): number;
  /** Tokens of each row of a batch that it made, and what it pads rows to where the longest has so many. */
  ragged?: { lengths(batch: Batch, ids: readonly number[]): readonly number[]; padded(longest: number): number };
  /** Does once what `length` and `inputs` would do when first asked, telling how far it is. */
  prepare?(ids: readonly number[], onDone: (done: number) => void | Promise<void>): Promise<void>;
  /** Where false, an example is not one row of a batch, and what a frozen prefix makes of it cannot be kept. */
  rows?: boolean;
  inputs(ids: readonly number[]): Promise<Batch>;
  /** Where examples are pictures of one size: what `inputs` makes its value of, for a device that keeps them. */
  pictures?: PictureForm & {
    /** The value's name in a batch. */
    value: string;
    /** [H, W, C] */
    pixels(id: number): Promise<Uint8Array>;
  };
  targets(ids: readonly number[], o: TargetOptions): Targets;
  /** Draws what is done to the examples of an occasion; `inputs` itself changes nothing. */
  augmented(augmentation: Augmentation, occasion: Occasion): Augmented;
}

/** Something that a person tries, resolved. */
export type TriedInput =
  | { kind: 'picture'; picture: Blob; name: string }
  | { kind: 'text'; text: string; pair?: string };

/**
 * What the engine knows of a task: how its examples become batches, and what is minimised. Methods are given the data and
 * the processor that the task's meta names: `engine/examples.ts` checks that.
 */
export interface TaskEngine<D extends Dataset = Dataset, P extends Processor = Processor> {
  /** Fields of `config.json` that the task's options decide. */
  config(options: OptionValues): Readonly<Record<string, unknown>>;
  /** The options that a `config.json` was decided by, where there are some. */
  optionsOf?(config: Readonly<Record<string, unknown>>): OptionValues;
  /** `thesaurus`: what words are replaced with, where that is asked for. */
  source(dataset: D, processor: P, options: OptionValues, thesaurus?: Thesaurus): ExampleSource;
  /** Throws a problem that names what was tried. */
  read(tried: TriedInput, processor: P, options: OptionValues): Promise<Batch>;
  /** Where texts get a class: several that a person tries, as one batch. */
  texts?(tried: readonly Extract<TriedInput, { kind: 'text' }>[], processor: P, options: OptionValues): Batch;
  /** Where the examples are texts: tokens of one before anything is cut, and how many are taken of it at most. */
  tokens?(example: TextExample, processor: P, options: OptionValues): { whole: number; most: number };
  /** Where the model writes: how a question is put to it; `{question}` stands for it. */
  prompt?(options: OptionValues): string;
  /** Where the examples are pictures. */
  pictures?: {
    /** A frame of the camera, as a picture of the same pixels. The caller closes it. */
    frame(frame: ImageBitmap, processor: P): Batch;
    /** An example of a batch of inputs as the model sees it, for a person to look at. */
    show(batch: Batch, place: number, processor: P): Promise<Blob>;
  };
  objective: Objective;
  /** Where a model writes on. */
  writing?: Writing<D, P>;
}

/** What a model is asked to write, and what was wanted. */
export interface Exercise {
  /** For a person to read. */
  prompt: string;
  /** What the model reads. */
  ids: readonly number[];
  expected: string;
  /** Tokens that are enough. */
  most: number;
}

/** How a text that a model writes begins and ends. */
export interface Edges {
  /** Tokens that end it. */
  ends: ReadonlySet<number>;
  /** Texts that end it. */
  stops: readonly string[];
  /** What it begins with and that is none of it. */
  lead: string;
}

/** A stretch of a text: every token of the text but the first is predicted in one window, and in one alone. */
export interface Window {
  ids: readonly number[];
  /** Predicted: all but the first. */
  tokens: number;
  /** That these tokens are, in UTF-8. */
  bytes: number;
}

/** Windows as a batch. */
export interface Continued {
  inputs: Batch;
  /** What the loss compares with, a mean over `tokens`, and the bytes that these tokens are. */
  continued: { targets: Batch; tokens: number; bytes: number };
}

/** How prompts become what a model reads. Under the same options a prompt has the ids that it had in training. */
export interface Writing<D extends Dataset = Dataset, P extends Processor = Processor> {
  /** The options that these examples ask for: texts without questions need no template. */
  settle(dataset: D, options: OptionValues): OptionValues;
  /**
   * What stands before every question where nothing is trained: an instruction, and solved examples of the training split
   * drawn from the seed. Throws `examples-no-room`.
   */
  design?(
    dataset: D,
    ids: readonly number[],
    o: { shots: number; instruction: string; seed: number },
    processor: P,
    options: OptionValues,
  ): string;
  /** Ids that are read before the next answer. */
  prompt(messages: readonly ChatMessage[], processor: P, options: OptionValues): readonly number[];
  /** An example's last answer as a task; of a text without a question, its rest. */
  exercise(dataset: D, id: number, processor: P, options: OptionValues): Exercise;
  edges(processor: P, options: OptionValues): Edges;
  /** A text that nobody asked for, and how well it is continued. */
  windows(text: string, processor: P): Window[];
  continued(windows: readonly Window[], processor: P): Continued;
  /** The words that answers are, where they are few: the distinct answers of these examples, sorted. */
  words(dataset: D, ids: readonly number[]): readonly string[] | undefined;
  /** An example with each of these words for its answer, as a batch and its targets: the answer alone counts. */
  answered(
    dataset: D,
    id: number,
    words: readonly string[],
    processor: P,
    options: OptionValues,
  ): { inputs: Batch; targets: Batch };
}
