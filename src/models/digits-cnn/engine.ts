import { type Architecture, type Stage, stage } from '../../nn/core.ts';
import { reader } from '../config.ts';
import type { ModelConfig, ModelEngine } from '../engine.ts';

interface Config {
  imageSize: number;
  channels: number;
  labels: number;
  widths: readonly number[];
  hidden: number;
}

function parse(config: ModelConfig): Config {
  const read = reader(config);
  return {
    imageSize: read.integer('image_size', 8),
    channels: read.integer('channels'),
    labels: read.integer('num_labels'),
    widths: read.list('widths', (width) => reader({ width }).integer('width')),
    hidden: read.integer('hidden'),
  };
}

/**
 * A small convolutional network for handwritten digits: 3x3 convolutions, all but the first of stride 2, and two
 * dense layers. Its PyTorch definition is `public/models/digits-cnn/digits_cnn.py`.
 */
function digitsCnn(c: Config): Architecture {
  const convolutions = c.widths.map(
    (out, i): Stage =>
      stage({
        name: `conv${i + 1}`,
        reads: [i === 0 ? 'pixels' : 'x'],
        writes: ['x'],
        run: (ops, v) => ({
          x: ops.conv(`conv${i + 1}`, (i === 0 ? v.pixels : v.x)!, {
            out,
            kernel: 3,
            stride: i === 0 ? 1 : 2,
            pad: 1,
            bias: true,
            activation: 'relu',
          }),
        }),
      }) as Stage,
  );
  return {
    inputs: { pixels: { shape: ['B', c.imageSize, c.imageSize, c.channels], dtype: 'float32' } },
    output: 'logits',
    stages: [
      ...convolutions,
      stage({
        name: 'fc1',
        reads: ['x'],
        writes: ['features'],
        run(ops, v) {
          const flat = ops.reshape(v.x, [0, -1]); // [B, H, W, C] -> [B, H*W*C]
          return { features: ops.activation('relu', ops.linear('fc1', flat, { out: c.hidden })) };
        },
      }),
      stage({
        name: 'classifier',
        reads: ['features'],
        writes: ['logits'],
        run: (ops, v) => ({ logits: ops.linear('classifier', v.features, { out: c.labels }) }),
      }),
    ],
  };
}

export const engine: ModelEngine = { architecture: (config) => digitsCnn(parse(config)) };
