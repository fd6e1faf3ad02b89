import * as tf from '@tensorflow/tfjs-core';
import type { LossTerm, TermOfBatch } from './loss-term.ts';
import { pullBack } from './penalties.ts';
import type { WeightValues } from './weights.ts';

/**
 * `pullBack` of the weights among `anchors` that move in a step; with `importance`, of those that it knows. What stands on
 * the device is made when a weight first moves.
 */
export function anchorTerm(strength: number, anchors: WeightValues, importance?: WeightValues): LossTerm {
  const kept = new Map<string, { anchor: tf.Tensor; importance?: tf.Tensor }>();
  const keep = (data: Float32Array, shape: readonly number[]) => tf.keep(tf.tensor(data, [...shape]));
  const of = (name: string, shape: readonly number[]) => {
    const known = kept.get(name) ?? {
      anchor: keep(anchors.get(name)!, shape),
      ...(importance ? { importance: keep(importance.get(name)!, shape) } : {}),
    };
    kept.set(name, known);
    return known;
  };
  return {
    begin({ network, moving }): TermOfBatch | undefined {
      const names = [...moving].filter((name) => anchors.has(name) && (!importance || importance.has(name)));
      if (names.length === 0) return undefined;
      const held = names.map((name) => {
        const weight = network.weights.get(name);
        return { weight, ...of(name, weight.shape) };
      });
      return { value: () => pullBack(strength, held), tensors: [] };
    },
    dispose() {
      for (const tensors of kept.values()) tf.dispose(Object.values(tensors));
    },
  };
}
