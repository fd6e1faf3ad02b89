import { requireFit, type Tokenizer } from '../../lib/tokenizer.ts';
import type { CheckpointForm } from '../../models/checkpoint.ts';
import { ProblemError } from '../../protocol/problems.ts';
import { type ProcessorFiles, processorOf, type TextProcessor } from '../../tasks/processor.ts';
import type { PretrainedFolder } from './folder.ts';

/** Files that say how texts become tokens; all but the first may be missing. */
export const TOKENIZER_FILES = ['tokenizer.json', 'tokenizer_config.json', 'special_tokens_map.json'] as const;

/**
 * What makes a checkpoint's inputs, with the special tokens that its family takes for granted written out. `rows`: those of
 * the model's table; `context`: the tokens that it takes. Throws `checkpoint-incomplete`, `model-damaged`, `tokenizer-unfit`.
 */
export async function readTokenizer(
  folder: PretrainedFolder,
  special: CheckpointForm['special'],
  { rows, context }: { rows: number; context: number },
): Promise<{ processor: TextProcessor; processorFiles: ProcessorFiles }> {
  const [main, config, tokens] = TOKENIZER_FILES;
  const file = folder.path(main);
  const tokenizer = await folder.fields(main);
  const optional = async (name: string) => (folder.has(name) ? folder.fields(name) : {});
  const processorFiles = {
    [main]: JSON.stringify(tokenizer),
    [config]: JSON.stringify({ ...special, ...(await optional(tokens)), ...(await optional(config)) }, null, 2),
  };
  const processor = processorOf('text', processorFiles, file, context);
  if (processor.kind !== 'text') throw new TypeError('a text model is wanted');
  requireFit(processor.tokenizer, rows, file);
  const beyond = greatestId(processor.tokenizer, tokenizer);
  if (beyond >= rows)
    throw new ProblemError('tokenizer-unfit', { file, field: 'vocabulary', value: beyond, expected: rows - 1 });
  return { processor, processorFiles };
}

/** Greatest id that the tokenizer writes: added tokens and its template may have ids that its vocabulary lacks. */
function greatestId(tokenizer: Tokenizer, json: Readonly<Record<string, unknown>>): number {
  const added = Array.isArray(json.added_tokens) ? json.added_tokens.map((token) => Number(token?.id)) : [];
  const { ids } = tokenizer.encode('a 1.', { pair: 'b' });
  const known = [...ids, ...Object.values(tokenizer.special), ...added];
  return known.filter(Number.isInteger).reduce((most, id) => Math.max(most, id), -1);
}
