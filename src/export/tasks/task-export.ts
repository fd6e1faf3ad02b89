import type { PythonRecipe } from '../python.ts';
import type { TunedModel } from '../tuned-model.ts';

/** Lines of a program that put a method on `model`; empty where there is nothing to put on it. */
export interface MethodLines {
  imports: string;
  apply: string;
}

/** What a download says and does otherwise, task by task. */
export interface TaskExport {
  /** In the terms of the Hugging Face Hub. */
  pipeline: string;
  library: string;
  /** What an example is called in the card. */
  example: { one: string; many: string };
  /** What kind of thing the model is, and what it takes: the card's first sentence goes on from "A …". */
  kind(model: TunedModel): string;
  takes(model: TunedModel): string;
  /** What the program is called, and how it is run. */
  program: string;
  run: string;
  /** What `pip` installs for the program. */
  packages: readonly string[];
  /** Modules of the site's `models` folder that the program needs. */
  modules(model: TunedModel): readonly string[];
  snippet(recipe: PythonRecipe, model: TunedModel, method: MethodLines): string;
  /** The class that makes the network of this folder. */
  network(model: TunedModel): { name: string; imports: string } | undefined;
  /** Rows of the card's table of files, for those that only this task has. */
  files(model: TunedModel): readonly (readonly [string, string])[];
  /** What must be said of every such model. */
  limits: readonly string[];
}
