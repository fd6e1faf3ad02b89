import { identity, isTrained, type MethodEngine } from '../engine.ts';

/** The stages that a person chose move; the last one where none is chosen. A weight that another stage reads too stays frozen. */
export const engine: MethodEngine = {
  method({ chosenStages }, { stages }) {
    const names: readonly string[] = Array.isArray(chosenStages) ? chosenStages : [];
    const chosen = new Set(names.length > 0 ? names : [stages.at(-1)!.name]);
    return {
      apply: identity,
      trainable: (weight, all) => isTrained(weight) && weight.stages.every((i) => chosen.has(all.stages[i]!.name)),
    };
  },
};
