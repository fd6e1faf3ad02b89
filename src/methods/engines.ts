import { engine as adapter } from './adapter/engine.ts';
import { engine as bias } from './bias/engine.ts';
import { engine as chosen } from './chosen/engine.ts';
import type { MethodEngine } from './engine.ts';
import { engine as full } from './full/engine.ts';
import { engine as head } from './head/engine.ts';
import { engine as ia3 } from './ia3/engine.ts';
import { engine as lastN } from './last-n/engine.ts';
import { engine as lora } from './lora/engine.ts';
import type { MethodId } from './metas.ts';
import { engine as prefix } from './prefix/engine.ts';
import { engine as promptDesign } from './prompt-design/engine.ts';
import { engine as softPrompt } from './soft-prompt/engine.ts';

export const METHOD_ENGINES = {
  full,
  head,
  'last-n': lastN,
  chosen,
  bias,
  lora,
  adapter,
  ia3,
  prefix,
  'soft-prompt': softPrompt,
  'prompt-design': promptDesign,
} as const satisfies Record<MethodId, MethodEngine>;
