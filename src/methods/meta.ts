import type { OptionSpec } from '../protocol/options.ts';

/** What the page knows of a method. Names and notes are locale keys: `method.<id>.name`, `method.<id>.note`. */
export interface MethodMeta {
  id: string;
  options: readonly OptionSpec[];
  /** A learning rate that suits it with AdamW, to start from. */
  learningRate: number;
  /** How Python puts it on the model, where what it added is not merged. */
  python?: {
    /** What `pip` installs for it. */
    requires: readonly string[];
    /** Modules of the site's `models` folder that go with it. */
    files: readonly string[];
    imports: string;
    /** A statement on `model`, in the unzipped folder. */
    apply: string;
  };
}

/** Of methods that move whole stages: how much slower earlier ones learn, and whether they join epoch by epoch. */
export const DEPTH_OPTIONS = [
  { name: 'layerDecay', type: 'number', default: 1, min: 0.1, max: 1 },
  { name: 'gradual', type: 'switch', default: false },
] as const satisfies readonly OptionSpec[];
