import type { TextDataset } from '../../data/text-dataset.ts';
import { breathe } from '../../lib/breathe.ts';
import type { Tokenizer } from '../../lib/tokenizer.ts';
import type { Batch } from '../../nn/batch.ts';
import type { Targets } from '../../nn/classification.ts';
import { nextTokenObjective } from '../../nn/next-token.ts';
import type { OptionValues } from '../../protocol/options.ts';
import type { ChatMessage } from '../../protocol/text.ts';
import type { ExampleSource, TaskEngine } from '../engine.ts';
import type { TextProcessor } from '../processor.ts';
import { paddedLength, padRows } from '../text-batches.ts';
import type { TemplateId } from './meta.ts';
import { render } from './templates.ts';

/** Ids of a text, and 1 for each that is to be learned; the model sees all but the last and predicts all but the first. */
export interface Encoded {
  ids: readonly number[];
  learned: readonly (0 | 1)[];
}

/** Between texts, and before the first: so that the first token is predicted too. */
const endToken = ({ special }: Tokenizer): number => special.eos ?? special.bos ?? special.pad ?? 0;

/** An example with the end token before and after it. `answerOnly` learns the answers alone, their end included. */
export function encode(
  tokenizer: Tokenizer,
  messages: readonly ChatMessage[],
  o: { template: TemplateId; answerOnly: boolean },
): Encoded {
  const end = endToken(tokenizer);
  const ids = [end];
  const learned: (0 | 1)[] = [0];
  let last: 0 | 1 = 1;
  for (const { text, answer } of render(messages, o.template)) {
    last = answer || !o.answerOnly ? 1 : 0;
    for (const id of tokenizer.encode(text, { special: false }).ids) {
      ids.push(id);
      learned.push(last);
    }
  }
  return { ids: [...ids, end], learned: [...learned, last] };
}

/** Rows of at most `most` predictions: each text in its own, cut; or one after the other, cut only where a row ends. */
export function rowsOf(texts: readonly Encoded[], most: number, packing: boolean): Encoded[] {
  if (!packing)
    return texts.map(({ ids, learned }) => ({ ids: ids.slice(0, most + 1), learned: learned.slice(0, most + 1) }));
  const ids = texts.flatMap((text, i) => (i === 0 ? text.ids : text.ids.slice(1)));
  const learned = texts.flatMap((text, i) => (i === 0 ? text.learned : text.learned.slice(1)));
  const rows: Encoded[] = [];
  // a row begins with the token that the one before it ended with: every token is predicted once
  for (let from = 0; from < ids.length - 1; from += most)
    rows.push({ ids: ids.slice(from, from + most + 1), learned: learned.slice(from, from + most + 1) });
  return rows;
}

const widthOf = (rows: readonly Encoded[], most: number): number =>
  paddedLength(Math.max(...rows.map(({ ids }) => ids.length - 1)), most);

/** `ids` int32 [B, T]: what is read. */
export function inputs(rows: readonly Encoded[], tokenizer: Tokenizer, most: number): Batch {
  const read = rows.map(({ ids }) => ids.slice(0, -1));
  return { ids: padRows(read, endToken(tokenizer), widthOf(rows, most)) };
}

/** `next` int32 and `weights` float32 [B, T], and their sum `total`. */
export function targets(rows: readonly Encoded[], most: number): Targets {
  const width = widthOf(rows, most);
  const next = padRows(
    rows.map(({ ids }) => ids.slice(1)),
    0,
    width,
  );
  const weights = Float32Array.from(
    padRows(
      rows.map(({ learned }) => learned.slice(1)),
      0,
      width,
    ).data,
  );
  const count = weights.reduce((a, b) => a + b, 0);
  return {
    batch: {
      next,
      weights: { data: weights, shape: next.shape, dtype: 'float32' },
      // a batch whose answers were all cut away teaches nothing: its loss is 0 / 1
      total: { data: Float32Array.of(Math.max(1, count)), shape: [], dtype: 'float32' },
    },
    count,
  };
}

export function sourceOf(dataset: TextDataset, processor: TextProcessor, options: OptionValues): ExampleSource {
  const { tokenizer } = processor;
  const most = Math.min(processor.maxLength, Number(options.maxLength));
  const packing = Boolean(options.packing);
  const how = { template: options.template as TemplateId, answerOnly: Boolean(options.answerOnly) };
  const kept = new Map<number, Encoded>();
  const encoded = (id: number): Encoded => {
    const known = kept.get(id);
    if (known) return known;
    const example = dataset.example(id);
    if (!('messages' in example)) throw new TypeError('messages are wanted');
    const made = encode(tokenizer, example.messages, how);
    kept.set(id, made);
    return made;
  };
  const rows = (ids: readonly number[]) => rowsOf(ids.map(encoded), most, packing);
  return {
    label: (id) => dataset.label(id),
    length: (id) => Math.min(most, encoded(id).ids.length - 1),
    rows: !packing,
    async prepare(ids, onDone) {
      for (const [i, id] of ids.entries()) {
        encoded(id);
        if (i % 64 !== 63) continue;
        await onDone(i + 1);
        await breathe();
      }
      await onDone(ids.length);
    },
    inputs: async (ids) => inputs(rows(ids), tokenizer, most),
    targets: (ids) => targets(rows(ids), most),
    augmented: () => ({ mix: undefined }),
  };
}

export const engine: TaskEngine<TextDataset, TextProcessor> = {
  config: () => ({}),
  source: sourceOf,
  read: () => Promise.reject(new TypeError('texts are continued, not classified')),
  objective: nextTokenObjective,
};
