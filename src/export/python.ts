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
  /** How a method is put on the network whose own weights are not merged into it. */
  method?: MethodRecipe;
}

export interface MethodRecipe {
  requires: readonly string[];
  files: readonly string[];
  imports: string;
  /** A statement on `model`, in the unzipped folder. */
  apply: string;
}
