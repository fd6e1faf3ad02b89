import * as tf from '@tensorflow/tfjs-core';
import type { Activation, Ops } from './core.ts';

/** Where a unit that is never above zero says nothing (ReLU, ReLU6) or next to nothing (GELU, SiLU). */
const RECTIFIERS: ReadonlySet<Activation> = new Set(['relu', 'relu6', 'gelu', 'gelu_new', 'silu']);

/** How far below zero a place that is padding counts: under any value that a network makes. */
const NOWHERE = 1e9;

/**
 * Looks on while batches go through a network in inference mode (`Network.output`); it changes nothing of what is computed.
 * A unit is one channel: one entry of an activation's last axis.
 */
export class Observer {
  /** What the last stage read of the batch before, a row an example: [B, D]. */
  private features: tf.Tensor2D | undefined;
  /** By stage, the most that each unit of its activations was, in the order in which they run: [units]. */
  private readonly most = new Map<number, tf.Tensor[]>();
  /** By stage, how many activations of this batch were seen. */
  private readonly places = new Map<number, number>();
  /** Tokens of each row; undefined where nothing is padded. */
  private lengths: { rows: readonly number[]; padded: number } | undefined;

  /** Before each batch: how many tokens its rows have, where they differ, and to how many they are padded. */
  begin(lengths?: { rows: readonly number[]; padded: number }): void {
    this.lengths = lengths;
    this.places.clear();
  }

  /** Operations of a stage that tell of each activation. */
  watching(ops: Ops<tf.Tensor>, stage: number): Ops<tf.Tensor> {
    return {
      ...ops,
      activation: (kind, x) => {
        const y = ops.activation(kind, x);
        this.activation(stage, kind, y);
        return y;
      },
      conv: (name, x, o) => {
        const y = ops.conv(name, x, o);
        if (o.activation) this.activation(stage, o.activation, y);
        return y;
      },
    };
  }

  /** Of a stage, as it is made; it must still be there. */
  activation(stage: number, kind: Activation, y: tf.Tensor): void {
    if (!RECTIFIERS.has(kind)) return;
    const place = this.places.get(stage) ?? 0;
    this.places.set(stage, place + 1);
    this.see(stage, place, y);
  }

  private see(stage: number, place: number, y: tf.Tensor): void {
    const all = this.most.get(stage) ?? [];
    const before = all[place];
    all[place] = tf.keep(
      tf.tidy(() => {
        const real = this.padding(y);
        const axes = y.shape.map((_, i) => i).slice(0, -1);
        const most = tf.max(real ? tf.add(y, real) : y, axes);
        return before ? tf.maximum(before, most) : most;
      }),
    );
    before?.dispose();
    this.most.set(stage, all);
  }

  /** 0 at a token and far below at padding, [B, T, 1]; what a method put in front of a text counts as tokens. */
  private padding(y: tf.Tensor): tf.Tensor | undefined {
    const { lengths } = this;
    const [rows, width] = y.shape as [number, number];
    if (!lengths || y.rank !== 3 || rows !== lengths.rows.length || width < lengths.padded) return undefined;
    const front = width - lengths.padded;
    const data = Float32Array.from({ length: rows * width }, (_, i) =>
      i % width < front + lengths.rows[Math.floor(i / width)]! ? 0 : -NOWHERE,
    );
    return tf.tensor(data, [rows, width, 1]);
  }

  /** What the last stage reads; of it the mean over places, or tokens, where there are several: [B, ..., D] -> [B, D]. */
  last(values: readonly tf.Tensor[]): void {
    this.features?.dispose();
    const read = values.filter(({ dtype, rank }) => dtype === 'float32' && rank > 1);
    const means = () => read.map((x) => this.mean(x));
    this.features = read.length > 0 ? tf.keep(tf.tidy(() => tf.concat(means(), 1) as tf.Tensor2D)) : undefined;
  }

  private mean(x: tf.Tensor): tf.Tensor2D {
    if (x.rank === 2) return x as tf.Tensor2D;
    const axes = x.shape.map((_, i) => i).slice(1, -1);
    const padding = this.padding(x);
    if (!padding) return tf.mean(x, axes) as tf.Tensor2D;
    const real = tf.cast(tf.equal(padding, 0), 'float32');
    return tf.div(tf.sum(tf.mul(x, real), axes), tf.sum(real, axes)) as tf.Tensor2D;
  }

  /** What the last stage read of the batch before, on its way to the CPU: rows of `width` numbers. */
  embedding(): { rows: number; width: number; values: Promise<Float32Array> } | undefined {
    const { features } = this;
    this.features = undefined;
    if (!features) return undefined;
    const [rows, width] = features.shape;
    return { rows, width, values: readOnce(features) };
  }

  /** By stage that has any: its units, and how many were never above zero since the last time this was asked. */
  async silent(): Promise<ReadonlyMap<number, { units: number; silent: number }>> {
    const all = [...this.most].map(([stage, tensors]) => ({ stage, most: tf.concat(tensors) }));
    tf.dispose([...this.most.values()].flat());
    this.most.clear();
    const counts = await Promise.all(
      all.map(async ({ stage, most }) => {
        const values = await most.data();
        most.dispose();
        return [stage, { units: values.length, silent: values.filter((value) => value <= 0).length }] as const;
      }),
    );
    return new Map(counts);
  }

  dispose(): void {
    tf.dispose([...this.most.values()].flat());
    this.most.clear();
    this.features?.dispose();
    this.features = undefined;
  }
}

async function readOnce(tensor: tf.Tensor): Promise<Float32Array> {
  const values = (await tensor.data()) as Float32Array;
  tensor.dispose();
  return values;
}
