import * as tf from '@tensorflow/tfjs-core';
import type { Ops } from './core.ts';

/**
 * Keys and values of every self-attention of a text that is read bit by bit, so that each token goes through the network
 * once (Pope et al. 2022, section 2). It wraps `Ops`: attention reads and grows it, positions are shifted by its length,
 * and what does not depend on the step is remembered.
 */
export class KvCache {
  /** By the attention's name: [B, T, Hkv*d] each. */
  private readonly past = new Map<string, { k: tf.Tensor; v: tf.Tensor }>();
  private readonly remembered = new Map<string, tf.Tensor>();

  /** Tokens that were read. */
  get length(): number {
    const [first] = this.past.values();
    return first?.k.shape[1] ?? 0;
  }

  /** For one reading of further tokens. Not under a tape. */
  over(ops: Ops<tf.Tensor>): Ops<tf.Tensor> {
    const read = this.length;
    const grown = (before: tf.Tensor | undefined, x: tf.Tensor): tf.Tensor => {
      const whole = tf.keep(before ? tf.concat([before, x], 1) : tf.clone(x));
      before?.dispose();
      return whole;
    };
    return {
      ...ops,
      continues: read > 0,
      positions: (x) => (read === 0 ? ops.positions(x) : tf.range(read, read + x.shape[1]!, 1, 'int32')),
      once: (name, make) => {
        const known = this.remembered.get(name) ?? tf.keep(tf.clone(make()));
        this.remembered.set(name, known);
        return known;
      },
      attention: (name, q, k, v, o) => {
        if (o.cross) return ops.attention(name, q, k, v, o);
        const before = this.past.get(name);
        const whole = { k: grown(before?.k, k), v: grown(before?.v, v) };
        this.past.set(name, whole);
        return ops.attention(name, q, whole.k, whole.v, o);
      },
    };
  }

  dispose(): void {
    for (const { k, v } of this.past.values()) tf.dispose([k, v]);
    tf.dispose([...this.remembered.values()]);
    this.past.clear();
    this.remembered.clear();
  }
}
