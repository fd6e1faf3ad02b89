import { layers, type Sequential, sequential } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs-core';
import type { BenchBackend } from '../../protocol/bench.ts';
import type { BenchCase } from '../cases.ts';
import type { Contender } from '../contender.ts';
import { startStock } from './start.ts';

/** Of the Layers API: the same networks layer by layer, with what each layer's weights are called. */
function modelOf({ model, config }: BenchCase): { net: Sequential; names: string[]; input: string } {
  if (model === 'mlp') {
    const [first, ...widths] = config.widths as number[];
    const dense = widths.map((units, i) =>
      layers.dense({
        units,
        ...(i === 0 ? { inputShape: [first!] } : {}),
        ...(i < widths.length - 1 ? { activation: 'relu' } : {}),
      }),
    );
    return { net: sequential({ layers: dense }), names: widths.map((_, i) => `fc${i + 1}`), input: 'features' };
  }
  if (model !== 'digits-cnn') throw new Error(`The Layers API has no ${model}.`);
  const side = config.image_size as number;
  const convolutions = (config.widths as number[]).flatMap((filters, i) => [
    // its own padding of a stride of 2 is not the same on both sides
    layers.zeroPadding2d({ padding: 1, ...(i === 0 ? { inputShape: [side, side, 1] } : {}) }),
    layers.conv2d({ filters, kernelSize: 3, strides: i === 0 ? 1 : 2, padding: 'valid', activation: 'relu' }),
  ]);
  const dense = [
    layers.flatten(),
    layers.dense({ units: config.hidden as number, activation: 'relu' }),
    layers.dense({ units: config.num_labels as number }),
  ];
  const names = (config.widths as number[]).map((_, i) => `conv${i + 1}`);
  return {
    net: sequential({ layers: [...convolutions, ...dense] }),
    names: [...names, 'fc1', 'classifier'],
    input: 'pixels',
  };
}

/** `model.fit` of TensorFlow.js over the batches in order; an epoch is one turn of them. */
export async function stockFit(o: BenchCase, backend: BenchBackend): Promise<Contender> {
  const adapter = await startStock(backend);
  const { net, names, input } = modelOf(o);
  const given = names.flatMap((name) => [`${name}.weight`, `${name}.bias`]).map((name) => o.values.get(name)!);
  net.setWeights(net.getWeights().map((weight, i) => tf.tensor(given[i]!, weight.shape)));
  const loss = (labels: tf.Tensor, logits: tf.Tensor) => tf.losses.softmaxCrossEntropy(labels, logits);
  net.compile({ optimizer: tf.train.adam(o.learningRate, 0.9, 0.999, 1e-8), loss });
  const [batch] = o.batches as [BenchCase['batches'][number]];
  const size = batch.labels.length;
  const whole = (name: string) =>
    tf.concat(o.batches.map(({ inputs }) => tf.tensor(inputs[name]!.data, [...inputs[name]!.shape])));
  const x = whole(input);
  const y = tf.concat(
    o.batches.map(({ labels }) =>
      tf.cast(tf.oneHot(tf.tensor1d(labels, 'int32'), o.config.num_labels as number), 'float32'),
    ),
  );
  const fit = (steps: number, onBatchEnd?: (batch: number, logs?: { loss?: number }) => void) => {
    if (steps % o.batches.length > 0) throw new Error(`steps come in turns of ${o.batches.length}`);
    return net.fit(x, y, {
      batchSize: size,
      epochs: steps / o.batches.length,
      shuffle: false,
      verbose: 0,
      ...(onBatchEnd ? { callbacks: { onBatchEnd } } : {}),
    });
  };
  return {
    adapter,
    version: `TensorFlow.js ${tf.version_core}`,
    parameters: net.countParams(),
    async losses(steps) {
      const seen: number[] = [];
      await fit(steps, (_, logs) => {
        seen.push(logs?.loss ?? Number.NaN);
      });
      return seen;
    },
    async run(steps) {
      // the history of an epoch is read at its end: by then the device has come so far
      await fit(steps);
    },
  };
}
