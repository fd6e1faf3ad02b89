import type { PythonRecipe } from './python.ts';
import { TASK_EXPORTS } from './tasks/index.ts';
import type { TunedModel } from './tuned-model.ts';

/** A line for a shell of any system. */
export const installLine = ({ requires, method }: PythonRecipe, { task }: TunedModel): string =>
  `pip install ${[...TASK_EXPORTS[task].packages, ...requires, ...(method?.requires ?? [])].map((name) => (/[<>]/.test(name) ? `"${name}"` : name)).join(' ')}`;

/** A whole program, to be run in the unzipped folder. */
export const snippet = (recipe: PythonRecipe, model: TunedModel): string =>
  TASK_EXPORTS[model.task].snippet(recipe, model, {
    imports: recipe.method ? `${recipe.method.imports}\n` : '',
    apply: recipe.method ? `${recipe.method.apply}\n` : '',
  });
