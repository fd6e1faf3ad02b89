import { METHOD_METAS, type MethodId } from '../methods/metas.ts';
import type { ModelRef } from '../protocol/model.ts';
import { defaultsOf } from '../protocol/options.ts';
import type { RunSettings } from '../protocol/run.ts';
import { defaultSettings } from '../protocol/settings.ts';

/** Every setting at the default of its option. */
export function initialSettings(): RunSettings {
  return {
    ...defaultSettings(),
    model: { kind: 'shipped', id: 'efficientnet-lite0' },
    method: methodDefaults('head'),
    learningRate: METHOD_METAS.head.learningRate,
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
