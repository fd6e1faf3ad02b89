import type { ShippedModel } from '../protocol/model.ts';
import { meta as bert } from './bert/meta.ts';
import { meta as digitsCnn } from './digits-cnn/meta.ts';
import { meta as efficientnetLite } from './efficientnet-lite/meta.ts';
import { meta as gpt2 } from './gpt2/meta.ts';
import type { ModelMeta } from './meta.ts';

/** Every architecture, in the order in which the page lists them. */
export const MODEL_METAS = {
  'efficientnet-lite': efficientnetLite,
  'digits-cnn': digitsCnn,
  bert,
  gpt2,
} as const satisfies Record<string, ModelMeta>;
export type ArchitectureId = keyof typeof MODEL_METAS;

export const SHIPPED_MODELS: readonly ShippedModel[] = Object.values<ModelMeta>(MODEL_METAS).flatMap(
  (meta) => meta.shipped,
);

export const shippedModel = (id: string): ShippedModel | undefined => SHIPPED_MODELS.find((model) => model.id === id);
