import { METHOD_METAS, type MethodId } from '../methods/metas.ts';
import type { ModelRef } from '../protocol/model.ts';
import { defaultsOf } from '../protocol/options.ts';
import type { EarlyStopping, RunSettings } from '../protocol/run.ts';
import { EARLY_STOPPING_OPTIONS, TRAINING_OPTIONS } from '../protocol/settings.ts';

/** Every setting at the default of its option. */
export function initialSettings(): RunSettings {
  return {
    ...(defaultsOf(TRAINING_OPTIONS) as unknown as Omit<RunSettings, 'model' | 'method' | 'earlyStopping'>),
    model: { kind: 'shipped', id: 'efficientnet-lite0' },
    method: methodDefaults('head'),
    learningRate: METHOD_METAS.head.learningRate,
    earlyStopping: defaultsOf(EARLY_STOPPING_OPTIONS) as unknown as EarlyStopping,
  };
}

export const methodDefaults = (id: MethodId): RunSettings['method'] => ({
  id,
  options: defaultsOf(METHOD_METAS[id].options),
});

/** Settings for a first run with this model on so many training pictures. */
export function settingsFor(settings: RunSettings, model: ModelRef, trainingExamples: number): RunSettings {
  const batchSize = trainingExamples >= 320 ? 32 : trainingExamples >= 64 ? 16 : 8;
  return { ...settings, model, batchSize };
}
