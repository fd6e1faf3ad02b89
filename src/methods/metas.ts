import { meta as adapter } from './adapter/meta.ts';
import { meta as bias } from './bias/meta.ts';
import { meta as chosen } from './chosen/meta.ts';
import { meta as full } from './full/meta.ts';
import { meta as head } from './head/meta.ts';
import { meta as ia3 } from './ia3/meta.ts';
import { meta as lastN } from './last-n/meta.ts';
import { meta as lora } from './lora/meta.ts';
import type { MethodMeta } from './meta.ts';
import { meta as prefix } from './prefix/meta.ts';
import { meta as promptDesign } from './prompt-design/meta.ts';
import { meta as softPrompt } from './soft-prompt/meta.ts';

/** Every fine-tuning method, in the order in which the page lists them. */
export const METHOD_METAS = {
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
} as const satisfies Record<string, MethodMeta>;
export type MethodId = keyof typeof METHOD_METAS;
