import { engine as bert } from './bert/engine.ts';
import { engine as digitsCnn } from './digits-cnn/engine.ts';
import { engine as efficientnetLite } from './efficientnet-lite/engine.ts';
import type { ModelEngine } from './engine.ts';
import { engine as gpt2 } from './gpt2/engine.ts';
import type { ArchitectureId } from './metas.ts';

export const MODEL_ENGINES = {
  'efficientnet-lite': efficientnetLite,
  'digits-cnn': digitsCnn,
  bert,
  gpt2,
} as const satisfies Record<ArchitectureId, ModelEngine>;
