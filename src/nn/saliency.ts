import * as tf from '@tensorflow/tfjs-core';
import type { Architecture } from './core.ts';
import type { Input } from './input.ts';
import type { Network } from './network.ts';
import { liveAt, type Profile } from './profile.ts';
import { forward } from './run.ts';

export interface SaliencyMap {
  height: number;
  width: number;
  /** [height, width], 0 to 1, row by row; all zeros where nothing speaks for the class. */
  map: Float32Array;
}

/**
 * Where pictures still have a height and a width for the last time: the first stage behind it, and the value's name.
 * Throws where a network has no such value.
 */
export function lastSpatial(architecture: Architecture, { stages }: Profile): { boundary: number; name: string } {
  for (let boundary = stages.length - 1; boundary > 0; boundary--) {
    const { output } = stages[boundary - 1]!;
    const name = liveAt(architecture, boundary).find((live) => {
      const shape = output[live]?.shape ?? [];
      return shape.length === 4 && Number(shape[1]) * Number(shape[2]) > 1;
    });
    if (name) return { boundary, name };
  }
  throw new Error('no stage of the network leaves a spatial value');
}

/**
 * Grad-CAM (Selvaraju et al. 2017) of one picture, in the resolution of the last spatial value A [1, h, w, K]:
 * alpha_k = mean over places of d logit / d A_k (eq. 1), map = ReLU(Σ_k alpha_k A_k) (eq. 2), here over its maximum.
 */
export async function gradCam(network: Network, input: Input, label: number): Promise<SaliencyMap> {
  const { architecture } = network;
  const { boundary, name } = lastSpatial(architecture, network.profile);
  const values = network.until(boundary, input);
  const activation = values[name] as tf.Tensor4D;
  const gradient = tf.tidy(() => {
    const ops = network.ops();
    const logitOf = () => {
      const logits = forward(architecture.stages.slice(boundary), ops, values)[architecture.output]!;
      return tf.sum(tf.slice(logits, [0, label], [1, 1]));
    };
    return tf.engine().gradients(logitOf, [activation], tf.scalar(1), false).grads[0]!;
  });
  const [, height, width] = activation.shape;
  const [a, g] = (await Promise.all([activation.data(), gradient.data()])) as Float32Array[];
  tf.dispose([gradient, ...Object.values(values)]);
  return { height, width, map: weigh(a!, g!, height * width) };
}

/** Activations and gradients [places, K] to one value a place. */
function weigh(activation: Float32Array, gradient: Float32Array, places: number): Float32Array {
  const channels = activation.length / places;
  const alpha = new Float64Array(channels);
  gradient.forEach((value, i) => {
    alpha[i % channels]! += value / places;
  });
  const map = Float64Array.from({ length: places }, (_, place) => {
    let sum = 0;
    for (let k = 0; k < channels; k++) sum += alpha[k]! * activation[place * channels + k]!;
    return Math.max(0, sum);
  });
  const greatest = map.reduce((a, b) => Math.max(a, b), 0);
  return Float32Array.from(map, (value) => (greatest > 0 ? value / greatest : 0));
}

/** A map at another size, bilinear with half-pixel centres: PyTorch's `interpolate(align_corners=False)`. */
export function resizeMap({ height, width, map }: SaliencyMap, size: { height: number; width: number }): SaliencyMap {
  const rows = places(height, size.height);
  const columns = places(width, size.width);
  const large = new Float32Array(size.height * size.width);
  rows.forEach(([top, bottom, down], y) => {
    columns.forEach(([left, right, across], x) => {
      const along = (row: number) =>
        map[row * width + left]! + across * (map[row * width + right]! - map[row * width + left]!);
      large[y * size.width + x] = along(top) + down * (along(bottom) - along(top));
    });
  });
  return { ...size, map: large };
}

/** Of each of `to` places: its two neighbours among `from`, and how far it lies towards the second. */
function places(from: number, to: number): [number, number, number][] {
  return Array.from({ length: to }, (_, i) => {
    const at = Math.max(0, ((i + 0.5) * from) / to - 0.5);
    const first = Math.min(from - 1, Math.floor(at));
    return [first, Math.min(from - 1, first + 1), at - first];
  });
}
