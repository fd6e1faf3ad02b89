import { createTokenizer, type Tokenizer } from '../lib/tokenizer.ts';
import type { ModelInput, PreprocessorConfig } from '../protocol/model.ts';

/** What makes a model's inputs of pictures. */
export interface ImageProcessor {
  kind: 'image';
  config: PreprocessorConfig;
}

/** What makes a model's inputs of texts. */
export interface TextProcessor {
  kind: 'text';
  tokenizer: Tokenizer;
  /** Tokens that the model takes at most. */
  maxLength: number;
}

export type Processor = ImageProcessor | TextProcessor;

/** The files that say how, by the kind of input; they travel with the weights. */
export const PROCESSOR_FILES = {
  image: ['preprocessor_config.json'],
  text: ['tokenizer.json', 'tokenizer_config.json'],
} as const satisfies Record<ModelInput['kind'], readonly string[]>;

/** JSON texts by file name. */
export type ProcessorFiles = Readonly<Record<string, string>>;

/** `context`: tokens that the model takes at most. Throws `tokenizer-unfit`, or a `SyntaxError` where a file is no JSON. */
export function processorOf(kind: ModelInput['kind'], files: ProcessorFiles, name: string, context = 0): Processor {
  const json = (file: string): unknown => JSON.parse(files[file] ?? 'null');
  if (kind === 'image') return { kind, config: json('preprocessor_config.json') as PreprocessorConfig };
  const tokenizer = createTokenizer(json('tokenizer.json'), json('tokenizer_config.json'), name);
  return { kind, tokenizer, maxLength: context };
}

export const inputOf = (processor: Processor): ModelInput =>
  processor.kind === 'image'
    ? { kind: 'image', size: processor.config.size.height, channels: processor.config.channels }
    : { kind: 'text', maxLength: processor.maxLength, vocabulary: processor.tokenizer.vocabulary };
