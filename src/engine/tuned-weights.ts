import type { Applied, PeftAdapter, StoredWeights, TunedModel } from '../export/tuned-model.ts';
import type { MethodEngine } from '../methods/engine.ts';
import { METHOD_ENGINES } from '../methods/engines.ts';
import type { MethodId } from '../methods/metas.ts';
import type { Architecture, WeightSpec } from '../nn/core.ts';
import { toDisk } from '../nn/layout.ts';
import { profile } from '../nn/profile.ts';
import type { WeightValues } from '../nn/weights.ts';
import type { RunSettings } from '../protocol/run.ts';
import { architectureOf, type LoadedModel } from './model.ts';
import type { Plan } from './plan.ts';

/** What a run ended with. */
export interface Ended {
  model: LoadedModel;
  plan: Plan;
  method: RunSettings['method'];
  /** Every weight, in memory's layout. */
  values: WeightValues;
  /** Names of those that moved. */
  moved: Iterable<string>;
}

/** The weights of a run as files hold them: the model's own, with what could be merged into them, and what could not. */
export function tunedWeights(ended: Ended): Pick<TunedModel, 'weights' | 'applied' | 'peft'> {
  const { model, plan, method, values } = ended;
  const merged = plan.method.merge?.(values, plan.profile.weights) ?? values;
  const own = profile(architectureOf(plan.config)).weights;
  const stored = storedBy(merged, plan.profile.weights);
  const added: StoredWeights = new Map([...stored].filter(([name]) => !own.has(name)));
  const applied = added.size > 0 ? appliedOf(model.applied ?? method, plan, added) : undefined;
  const peft = peftAdapter(ended, applied);
  return {
    weights: new Map([...stored].filter(([name]) => own.has(name))),
    ...(applied ? { applied } : {}),
    ...(peft ? { peft } : {}),
  };
}

const storedBy = (values: WeightValues, specs: ReadonlyMap<string, WeightSpec>): StoredWeights =>
  new Map([...values].map(([name, data]) => [name, toDisk(data, specs.get(name)!)]));

const engineOf = ({ id }: RunSettings['method']): MethodEngine => METHOD_ENGINES[id as MethodId];

function appliedOf(method: RunSettings['method'], { config }: Plan, weights: StoredWeights): Applied {
  return { method, weights, places: engineOf(method).places?.(architectureOf(config)) ?? {} };
}

/**
 * The method in `peft`'s terms, for models of tokens. One that is merged goes on the model that it began with: there is
 * none where weights of that moved too.
 */
function peftAdapter({ model, plan, method, values, moved }: Ended, applied: Applied | undefined) {
  const architecture: Architecture = architectureOf(plan.config);
  const chosen = applied?.method ?? method;
  const { peft } = engineOf(chosen);
  if (!peft || !architecture.inputs.ids) return undefined;
  const base = plan.base.profile.weights;
  // of what was drawn at random nobody else has the rest
  if (!applied && plan.start === 'scratch') return undefined;
  if (!applied && (model.applied || [...moved].some((name) => base.has(name) && !plan.head.has(name))))
    return undefined;
  const stored = storedBy(values, plan.profile.weights);
  const own = applied?.weights ?? new Map([...stored].filter(([name]) => !base.has(name)));
  const { fields, prefix, tensors } = peft(chosen.options, architecture);
  const head = architecture.perToken ? [] : [...plan.head];
  const adapter: PeftAdapter = {
    config: {
      ...fields,
      task_type: architecture.perToken ? 'CAUSAL_LM' : 'SEQ_CLS',
      base_model_name_or_path: applied ? '.' : model.origin.id,
      inference_mode: true,
      modules_to_save: head.length > 0 ? [...new Set(head.map((name) => name.slice(0, name.lastIndexOf('.'))))] : null,
    },
    weights: new Map([...tensors(own), ...head.map((name) => [prefix + name, stored.get(name)!] as const)]),
  };
  return adapter;
}
