import { TASK_EXPORTS } from './tasks/index.ts';
import type { TunedModel } from './tuned-model.ts';

/** How Python makes the network: data of each architecture's `meta.ts`. */
export interface PythonRecipe {
  /** What `pip` installs beside what every model of the task needs. */
  requires: readonly string[];
  /** Modules that go into the zip, because no package has them. */
  files: readonly string[];
  /** Import statements. */
  imports: string;
  /** An expression; it may use `config` (`config.json`) and `labels` (`labels.json`). */
  build: string;
}

/** A line for a shell of any system. */
export const installLine = ({ requires }: PythonRecipe, { task }: TunedModel): string =>
  `pip install ${[...TASK_EXPORTS[task].packages, ...requires].map((name) => (/[<>]/.test(name) ? `"${name}"` : name)).join(' ')}`;

/** A whole program, to be run in the unzipped folder. */
export const snippet = (recipe: PythonRecipe, model: TunedModel): string =>
  TASK_EXPORTS[model.task].snippet(recipe, model);
