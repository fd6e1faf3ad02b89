import type { TextDataset } from '../../data/text-dataset.ts';
import { nextTokenObjective } from '../../nn/next-token.ts';
import type { OptionValues } from '../../protocol/options.ts';
import { encodeAll, encodings } from '../encodings.ts';
import type { ExampleSource, TaskEngine } from '../engine.ts';
import type { TextProcessor } from '../processor.ts';
import { paddedLength } from '../text-batches.ts';
import { type Encoded, encode, preambleLength, rowsOf } from './encode.ts';
import { asMessages, messagesOf } from './examples.ts';
import type { TemplateId } from './meta.ts';
import { inputs, targets } from './rows.ts';
import { renderPrompt } from './templates.ts';
import { writing } from './writing.ts';

/** Predictions of a row: the tokens but the first. What stands before every text comes on top of what a text may have. */
const takenLength = ({ maxLength, tokenizer }: TextProcessor, options: OptionValues): number =>
  Math.min(maxLength, Number(options.maxLength) + preambleLength(tokenizer, String(options.preamble ?? '')));

const howOf = ({ template, answerOnly, preamble = '' }: OptionValues) => ({
  template: template as TemplateId,
  answerOnly: Boolean(answerOnly),
  preamble: String(preamble),
});

export function sourceOf(dataset: TextDataset, processor: TextProcessor, options: OptionValues): ExampleSource {
  const { tokenizer } = processor;
  const most = takenLength(processor, options);
  const packing = Boolean(options.packing);
  const how = howOf(options);
  const encoded = encodings(dataset, processor, `generation/${JSON.stringify(how)}`, (id): Encoded => {
    return encode(tokenizer, messagesOf(dataset, id), how);
  });
  const length = (id: number) => Math.min(most, encoded(id).ids.length - 1);
  const rows = (ids: readonly number[]) => rowsOf(ids.map(encoded), most, packing);
  return {
    label: (id) => dataset.label(id),
    // packed rows are full whatever they are made of
    ...(packing
      ? { rows: false }
      : {
          length,
          ragged: { lengths: (_, ids) => ids.map(length), padded: (longest: number) => paddedLength(longest, most) },
        }),
    prepare: (ids, onDone) => encodeAll(ids, encoded, onDone),
    inputs: async (ids) => inputs(rows(ids), tokenizer, most),
    targets: (ids, { smoothing }) => targets(rows(ids), most, smoothing),
    augmented: () => ({ mix: undefined }),
  };
}

export const engine: TaskEngine<TextDataset, TextProcessor> = {
  config: () => ({}),
  prompt: ({ template, preamble = '' }) =>
    preamble +
    renderPrompt([{ role: 'user', content: '{question}' }], template as TemplateId)
      .map(({ text }) => text)
      .join(''),
  source: sourceOf,
  read: () => Promise.reject(new TypeError('texts are continued, not classified')),
  tokens(example, processor, options) {
    const { ids } = encode(processor.tokenizer, asMessages(example, ''), howOf(options));
    // packed, nothing is cut
    const most = options.packing ? Number.POSITIVE_INFINITY : takenLength(processor, options);
    return { whole: ids.length - 1, most };
  },
  objective: nextTokenObjective,
  writing,
};
