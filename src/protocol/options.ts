/**
 * Options as data: a method, an optimizer or a task describes its settings, and one generic form renders them.
 * Labels and help texts are locale keys: `option.<name>.label` and `option.<name>.help`.
 */
export type OptionSpec =
  | { name: string; type: 'integer'; default: number; min: number; max: number; step?: number }
  | { name: string; type: 'number'; default: number; min: number; max: number; scale?: 'linear' | 'log' }
  | { name: string; type: 'choice'; default: string; choices: readonly string[] }
  | { name: string; type: 'switch'; default: boolean }
  | { name: string; type: 'text'; default: string }
  /** Names of the model's stages or modules (`PlanSummary`), chosen by hand. */
  | { name: string; type: 'list'; default: readonly string[]; of: 'stages' | 'modules' };

export type OptionValue = number | string | boolean | readonly string[];
export type OptionValues = Readonly<Record<string, OptionValue>>;

export const defaultsOf = (specs: readonly OptionSpec[]): OptionValues =>
  Object.fromEntries(specs.map((spec) => [spec.name, spec.default]));
