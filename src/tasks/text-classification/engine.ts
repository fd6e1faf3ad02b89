import { altered } from '../../data/text/altered.ts';
import type { TextExample } from '../../data/text/messages.ts';
import { NO_THESAURUS, type Thesaurus } from '../../data/text/thesaurus.ts';
import type { TextDataset } from '../../data/text-dataset.ts';
import type { Tokenizer } from '../../lib/tokenizer.ts';
import type { Batch } from '../../nn/batch.ts';
import { labelObjective, labelTargets } from '../../nn/classification.ts';
import type { OptionValues } from '../../protocol/options.ts';
import { encodeAll, encodings } from '../encodings.ts';
import type { ExampleSource, TaskEngine } from '../engine.ts';
import type { TextProcessor } from '../processor.ts';
import { lengthsOf, maskOf, paddedLength, padRows } from '../text-batches.ts';

/** A text as the model takes it: ids with [CLS] and [SEP], and 0 or 1 for the first or the second text. */
export interface Encoded {
  ids: readonly number[];
  types: readonly number[];
}

/** Tokens that are taken, special ones included. */
export const takenLength = ({ maxLength }: TextProcessor, options: OptionValues): number =>
  Math.min(maxLength, Number(options.maxLength));

/** Cut to `most` tokens; the last special token stays. */
export function encode(tokenizer: Tokenizer, text: string, pair: string | undefined, most: number): Encoded {
  const { ids, types } = tokenizer.encode(text, pair === undefined ? {} : { pair });
  if (ids.length <= most) return { ids, types };
  return { ids: [...ids.slice(0, most - 1), ids.at(-1)!], types: [...types.slice(0, most - 1), types.at(-1)!] };
}

/** Rows of like length as one batch: `ids`, `mask` and `types`, int32 [B, T]. */
export function inputs(rows: readonly Encoded[], { special }: Tokenizer, most: number): Batch {
  const lengths = rows.map(({ ids }) => ids.length);
  const width = paddedLength(Math.max(...lengths), most);
  return {
    ids: padRows(
      rows.map(({ ids }) => ids),
      special.pad ?? 0,
      width,
    ),
    mask: maskOf(lengths, width),
    types: padRows(
      rows.map(({ types }) => types),
      0,
      width,
    ),
  };
}

function labelled(example: TextExample): Extract<TextExample, { text: string }> {
  if (!('text' in example)) throw new TypeError('a labelled text is wanted');
  return example;
}

function sourceOf(
  dataset: TextDataset,
  processor: TextProcessor,
  options: OptionValues,
  thesaurus: Thesaurus = NO_THESAURUS,
): ExampleSource {
  const { tokenizer } = processor;
  const most = takenLength(processor, options);
  const encoded = encodings(dataset, processor, `classification/${most}`, (id): Encoded => {
    const { text, pair } = labelled(dataset.example(id));
    return encode(tokenizer, text, pair, most);
  });
  return {
    label: (id) => dataset.label(id),
    length: (id) => encoded(id).ids.length,
    ragged: {
      lengths: ({ mask }) => lengthsOf(mask!),
      padded: (longest) => paddedLength(longest, most),
    },
    prepare: (ids, onDone) => encodeAll(ids, encoded, onDone),
    inputs: async (ids) => inputs(ids.map(encoded), tokenizer, most),
    targets: (ids, o) =>
      labelTargets(
        ids.map((id) => dataset.label(id)),
        o,
      ),
    augmented(augmentation, { seed, view, ids }) {
      const textOf = (id: number) =>
        altered(labelled(dataset.example(id)), augmentation, { seed, view, id }, thesaurus);
      return { mix: undefined, inputs: async () => textsOf(ids.map(textOf), processor, options) };
    },
  };
}

function textsOf(
  tried: readonly { text: string; pair?: string }[],
  processor: TextProcessor,
  options: OptionValues,
): Batch {
  const { tokenizer } = processor;
  const most = takenLength(processor, options);
  return inputs(
    tried.map(({ text, pair }) => encode(tokenizer, text, pair, most)),
    tokenizer,
    most,
  );
}

export const engine: TaskEngine<TextDataset, TextProcessor> = {
  config: ({ pooling }) => ({ classifier_pooling: pooling }),
  optionsOf: ({ classifier_pooling: pooling }) => (typeof pooling === 'string' ? { pooling } : {}),
  source: sourceOf,
  async read(tried, processor, options) {
    if (tried.kind !== 'text') throw new TypeError('a text is wanted');
    return textsOf([tried], processor, options);
  },
  texts: textsOf,
  tokens(example, processor, options) {
    const { text, pair } = labelled(example);
    const { ids } = processor.tokenizer.encode(text, pair === undefined ? {} : { pair });
    return { whole: ids.length, most: takenLength(processor, options) };
  },
  objective: labelObjective,
};
