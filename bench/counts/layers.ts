/** The counted models for `model.fit`. */
import * as tf from '@tensorflow/tfjs';
import type { BenchCase } from '../../src/bench/cases.ts';
import { crossEntropy } from '../../src/bench/stock/layers.ts';
import { NETWORKS } from '../../src/bench/stock/networks.ts';
import { profile } from '../../src/nn/profile.ts';
import { type ModelId, TOKENS } from './model-ids.ts';

export interface ForFit {
  model: tf.LayersModel;
  loss(targets: tf.Tensor, logits: tf.Tensor): tf.Tensor;
  /** What the loss compares with, batch first. */
  targets(labels: Int32Array, rows: number): tf.Tensor;
}

const mlp = ({ config }: BenchCase): tf.LayersModel => {
  const [first, ...widths] = config.widths as number[];
  const input = tf.input({ shape: [first!], name: 'features' });
  let x = input;
  for (const [i, units] of widths.entries()) {
    const activation = i < widths.length - 1 ? ({ activation: 'relu' } as const) : {};
    x = tf.layers.dense({ units, ...activation }).apply(x) as tf.SymbolicTensor;
  }
  return tf.model({ inputs: input, outputs: x });
};

interface Blocks {
  repeats: number;
  kernel: number;
  stride: number;
  expand: number;
  in: number;
  out: number;
}

/** Its batch normalisation is frozen as the Layers API freezes it: what it learns stands still, its statistics do not. */
const efficientnet = ({ config }: BenchCase): tf.LayersModel => {
  const {
    image_size: size,
    stem,
    head,
    blocks,
    num_labels: units,
  } = config as unknown as {
    image_size: number;
    stem: number;
    head: number;
    blocks: Blocks[];
    num_labels: number;
  };
  const on = (layer: tf.layers.Layer, x: tf.SymbolicTensor) => layer.apply(x) as tf.SymbolicTensor;
  const window = (kernelSize: number, strides: number) =>
    ({ kernelSize, strides, padding: 'same', useBias: false }) as const;
  const normed = (x: tf.SymbolicTensor, active = true) => {
    const y = on(tf.layers.batchNormalization({ epsilon: 1e-3, trainable: false }), x);
    return active ? on(tf.layers.reLU({ maxValue: 6 }), y) : y;
  };
  const conv = (x: tf.SymbolicTensor, filters: number, kernel: number, stride: number, active = true) =>
    normed(on(tf.layers.conv2d({ filters, ...window(kernel, stride) }), x), active);
  const input = tf.input({ shape: [size, size, 3], name: 'pixels' });
  let x = conv(input, stem, 3, 2);
  for (const group of blocks)
    for (let i = 0; i < group.repeats; i++) {
      const [width, stride] = i === 0 ? [group.in, group.stride] : [group.out, 1];
      const wide = group.expand > 1 ? conv(x, width * group.expand, 1, 1) : x;
      const deep = normed(on(tf.layers.depthwiseConv2d(window(group.kernel, stride)), wide));
      const y = conv(deep, group.out, 1, 1, false);
      const same = stride === 1 && width === group.out;
      x = same ? (tf.layers.add().apply([x, y]) as tf.SymbolicTensor) : y;
    }
  const features = on(tf.layers.globalAveragePooling2d({}), conv(x, head, 1, 1));
  return tf.model({ inputs: input, outputs: on(tf.layers.dense({ units }), features) });
};

/** The Layers API has no attention: a layer of one's own holds the whole plain network. */
class Whole extends tf.layers.Layer {
  static className = 'Whole';
  private readonly o: BenchCase;
  private readonly weightsByName = new Map<string, { read(): tf.Tensor }>();

  constructor(o: BenchCase) {
    super({});
    this.o = o;
  }

  override build(): void {
    for (const [name, { shape }] of profile(this.o.architecture).weights)
      this.weightsByName.set(name, this.addWeight(name, [...shape], 'float32', tf.initializers.zeros()));
    this.built = true;
  }

  override computeOutputShape(): [null, null] {
    return [null, null];
  }

  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    const weights = new Map([...this.weightsByName].map(([name, weight]) => [name, weight.read()]));
    const given = Object.keys(this.o.architecture.inputs).map((name, i) => [name, [inputs].flat()[i]!] as const);
    return NETWORKS[this.o.model](this.o)(weights, Object.fromEntries(given));
  }
}

function whole(o: BenchCase): tf.LayersModel {
  const inputs = Object.keys(o.architecture.inputs).map((name) => tf.input({ shape: [TOKENS], dtype: 'int32', name }));
  const outputs = new Whole(o).apply(inputs) as tf.SymbolicTensor;
  return tf.model({ inputs, outputs });
}

const classifying = (model: tf.LayersModel, { config }: BenchCase): ForFit => ({
  model,
  loss: (targets, logits) => tf.losses.softmaxCrossEntropy(targets, logits),
  targets: (labels) => tf.cast(tf.oneHot(tf.tensor1d(labels, 'int32'), config.num_labels as number), 'float32'),
});

export function layersOf(id: ModelId, o: BenchCase): ForFit {
  if (id === 'mlp') return classifying(mlp(o), o);
  if (id === 'efficientnet') return classifying(efficientnet(o), o);
  return {
    model: whole(o),
    loss: (labels, logits) => crossEntropy(logits, tf.reshape(labels, [-1]) as tf.Tensor1D),
    // one a text, or one a token
    targets: (labels, rows) => tf.tensor2d(labels, [rows, labels.length / rows], 'int32'),
  };
}
