import type { Architecture, Method, WeightUse } from '../nn/core.ts';
import { isHeadWeight } from '../nn/profile.ts';
import type { OptionValues } from '../protocol/options.ts';
import type { PeftTerms } from './peft.ts';

/** What the engine knows of a method: a `Method` made from its options. */
export interface MethodEngine {
  /** Throws a `ProblemError` where the options fit nothing of this architecture. */
  method(options: OptionValues, architecture: Architecture): Method;
  /** Kinds of layers that it is put on where none is chosen (`kindOf`), where it is put on layers. */
  modules?(architecture: Architecture): readonly string[];
  /** The same for Python's `peft`, on an architecture without the method; absent where that has no such method. */
  peft?(options: OptionValues, architecture: Architecture): PeftTerms;
  /**
   * Modules of PyTorch's network in front of which something of the method stands, by what it is called here; what is
   * not named stands behind the module of its own name. Absent where all do.
   */
  places?(architecture: Architecture): Readonly<Record<string, string>>;
}

export const identity = (architecture: Architecture): Architecture => architecture;
export const isTrained = ({ spec }: WeightUse): boolean => spec.role !== 'stat';

/** The head of a model that tells classes apart, which is new as they are; one that says tokens goes on as it is. */
export const isNewHead = (weight: WeightUse, architecture: Architecture): boolean =>
  !architecture.perToken && isTrained(weight) && isHeadWeight(weight, architecture);
