import type { PythonRecipe } from '../export/python.ts';
import type { TunedModel } from '../export/tuned-model.ts';
import type { MethodMeta } from '../methods/meta.ts';
import { METHOD_METAS } from '../methods/metas.ts';
import type { ModelMeta } from '../models/meta.ts';
import { MODEL_METAS } from '../models/metas.ts';
import { ProblemError } from '../protocol/problems.ts';

const methodMeta = (id: string): MethodMeta | undefined =>
  Object.values<MethodMeta>(METHOD_METAS).find((meta) => meta.id === id);

/** How Python makes a model's network, with the method that is to be put on it. */
export function recipeOf({ config: { architecture }, applied }: Pick<TunedModel, 'config' | 'applied'>): PythonRecipe {
  const meta = Object.values<ModelMeta>(MODEL_METAS).find(({ id }) => id === architecture);
  if (!meta) throw new ProblemError('model-config', { field: 'architecture', value: architecture, expected: '' });
  const method = applied && methodMeta(applied.method.id)?.python;
  return method ? { ...meta.python, method } : meta.python;
}
