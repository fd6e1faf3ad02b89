import { type Architecture, type NormOptions, type Ops, type Stage, stage } from '../../nn/core.ts';
import { reader } from '../config.ts';
import type { ModelConfig, ModelEngine } from '../engine.ts';

interface BlockGroup {
  repeats: number;
  kernel: number;
  stride: number;
  expand: number;
  in: number;
  out: number;
}
interface Config {
  imageSize: number;
  channels: number;
  labels: number;
  stem: number;
  head: number;
  dropout: number;
  norm: NormOptions;
  blocks: readonly BlockGroup[];
}

function parse(config: ModelConfig): Config {
  const read = reader(config);
  return {
    imageSize: read.integer('image_size', 32),
    channels: read.integer('channels'),
    labels: read.integer('num_labels'),
    stem: read.integer('stem'),
    head: read.integer('head'),
    dropout: read.number('dropout_rate'),
    norm: { eps: read.number('batch_norm_eps'), momentum: read.number('batch_norm_momentum') },
    blocks: read.list('blocks', (item) => {
      const group = reader(item as Record<string, unknown>);
      return {
        repeats: group.integer('repeats'),
        kernel: group.integer('kernel'),
        stride: group.integer('stride'),
        expand: group.integer('expand'),
        in: group.integer('in'),
        out: group.integer('out'),
      };
    }),
  };
}

/** Inverted residual without squeeze and excitation. x [B, H, W, in] -> [B, H/stride, W/stride, out]. */
function block<T>(
  ops: Ops<T>,
  name: string,
  x: T,
  o: Pick<BlockGroup, 'kernel' | 'stride' | 'expand' | 'in' | 'out'> & { norm: NormOptions },
): T {
  const wide = o.in * o.expand;
  const norm = (suffix: string) => ({ ...o.norm, name: `${name}.${suffix}` });
  const pointwise = { kernel: 1, stride: 1, pad: 'same' } as const;
  let h = x;
  if (o.expand !== 1)
    h = ops.conv(`${name}._expand_conv`, h, { ...pointwise, out: wide, norm: norm('_bn0'), activation: 'relu6' });
  h = ops.conv(`${name}._depthwise_conv`, h, {
    out: wide,
    kernel: o.kernel,
    stride: o.stride,
    pad: 'same',
    depthwise: true,
    norm: norm('_bn1'),
    activation: 'relu6',
  });
  h = ops.conv(`${name}._project_conv`, h, { ...pointwise, out: o.out, norm: norm('_bn2') });
  return o.stride === 1 && o.in === o.out ? ops.residual(name, x, h) : h;
}

/**
 * EfficientNet-Lite (Tan and Le 2019; the Lite variants have no squeeze and excitation, ReLU6 and a fixed stem and
 * head). Weight names are those of the PyPI package `efficientnet-lite-pytorch`.
 */
function efficientNetLite(c: Config): Architecture {
  let first = 0;
  const groups = c.blocks.map((group, g): Stage => {
    const from = first;
    first += group.repeats;
    return stage({
      name: `blocks.${g}`,
      reads: ['x'],
      writes: ['x'],
      run(ops, v) {
        let x = v.x;
        for (let i = 0; i < group.repeats; i++)
          x = block(ops, `_blocks.${from + i}`, x, {
            ...group,
            stride: i === 0 ? group.stride : 1,
            in: i === 0 ? group.in : group.out,
            norm: c.norm,
          });
        return { x };
      },
    });
  });
  return {
    inputs: { pixels: { shape: ['B', c.imageSize, c.imageSize, c.channels], dtype: 'float32' } },
    output: 'logits',
    stages: [
      stage({
        name: 'stem',
        reads: ['pixels'],
        writes: ['x'],
        run: (ops, v) => ({
          x: ops.conv('_conv_stem', v.pixels, {
            out: c.stem,
            kernel: 3,
            stride: 2,
            pad: 'same',
            norm: { ...c.norm, name: '_bn0' },
            activation: 'relu6',
          }),
        }),
      }),
      ...groups,
      stage({
        name: 'conv_head',
        reads: ['x'],
        writes: ['features'],
        run(ops, v) {
          const x = ops.conv('_conv_head', v.x, {
            out: c.head,
            kernel: 1,
            stride: 1,
            pad: 'same',
            norm: { ...c.norm, name: '_bn1' },
            activation: 'relu6',
          });
          return { features: ops.reduce('mean', x, [1, 2], false) }; // [B, head]
        },
      }),
      stage({
        name: 'classifier',
        reads: ['features'],
        writes: ['logits'],
        run: (ops, v) => ({
          logits: ops.linear('_fc', ops.dropout('_dropout', v.features, c.dropout), { out: c.labels }),
        }),
      }),
    ],
  };
}

export const engine: ModelEngine = { architecture: (config) => efficientNetLite(parse(config)) };
