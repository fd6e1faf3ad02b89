import type * as tf from '@tensorflow/tfjs-core';
import { decode, squareOf } from '../../data/image/decode.ts';
import { pictureOf } from '../../data/image/picture.ts';
import { prepare } from '../../data/image/prepare.ts';
import type { ImageDataset } from '../../data/image-dataset.ts';
import { augment } from '../../nn/augment/apply.ts';
import { draw } from '../../nn/augment/draw.ts';
import type { Occasion } from '../../nn/augment/mix.ts';
import type { Batch } from '../../nn/batch.ts';
import { labelObjective, labelTargets } from '../../nn/classification.ts';
import type { PictureForm } from '../../nn/picture-table.ts';
import type { Augmentation } from '../../protocol/augmentation.ts';
import type { ImageInput, PreprocessorConfig } from '../../protocol/model.ts';
import type { Augmented, TaskEngine } from '../engine.ts';
import type { ImageProcessor } from '../processor.ts';

/** [size, size, channels], 0 to 255. */
export type Pixels = Uint8Array;

/** (value * rescale_factor - mean) / std for each of the 256 values of each channel. */
function tables(p: PreprocessorConfig): Float32Array[] {
  return Array.from({ length: p.channels }, (_, c) =>
    Float32Array.from({ length: 256 }, (_, v) => (v * p.rescale_factor - p.image_mean[c]!) / p.image_std[c]!),
  );
}

const inputOf = ({ size, channels }: PreprocessorConfig): ImageInput => ({
  kind: 'image',
  size: size.height,
  channels,
});

/** Pictures as one float batch [B, H, W, C]. */
export function inputs(pictures: readonly Pixels[], p: PreprocessorConfig): Batch {
  const lookup = tables(p);
  const { height, width } = p.size;
  const each = height * width * p.channels;
  const data = new Float32Array(pictures.length * each);
  pictures.forEach((pixels, n) => {
    for (let c = 0; c < p.channels; c++) {
      const table = lookup[c]!;
      for (let i = c; i < each; i += p.channels) data[n * each + i] = table[pixels[i]!]!;
    }
  });
  return { pixels: { data, shape: [pictures.length, height, width, p.channels], dtype: 'float32' } };
}

/** As what a device keeps pictures whose bytes become what `inputs` makes of them. */
export function formOf(p: PreprocessorConfig): PictureForm {
  const lookup = new Float32Array(256 * p.channels);
  for (const [c, table] of tables(p).entries()) lookup.set(table, 256 * c);
  return { shape: [p.size.height, p.size.width, p.channels], lookup };
}

/** The bytes that a picture of a batch was made of, or would be: `inputs`, back. */
export function pixelsOf(batch: Batch, place: number, p: PreprocessorConfig): Pixels {
  const each = p.size.height * p.size.width * p.channels;
  const data = batch.pixels!.data.subarray(place * each, (place + 1) * each);
  return Uint8Array.from({ length: each }, (_, i) => {
    const c = i % p.channels;
    return Math.round((data[i]! * p.image_std[c]! + p.image_mean[c]!) / p.rescale_factor);
  });
}

/** What is done to the pictures of one batch of `inputs`. */
export function augmented(a: Augmentation, occasion: Occasion, p: PreprocessorConfig): Augmented {
  const drawn = draw(a, occasion, p.size);
  // of values from 0 to 1, whatever the preprocessor makes of a byte
  const [mean, std] = [p.image_mean, p.image_std].map((values) => values.map((one) => one / (255 * p.rescale_factor)));
  return {
    mix: drawn.mix,
    augment: (values) => ({
      ...values,
      pixels: augment(values.pixels as tf.Tensor4D, drawn, { mean: mean!, std: std! }),
    }),
  };
}

export const engine: TaskEngine<ImageDataset, ImageProcessor> = {
  config: () => ({}),
  source(dataset, { config }) {
    const pixels = (id: number) => dataset.pixels(id, inputOf(config));
    return {
      label: (id) => dataset.label(id),
      inputs: async (ids) => inputs(await Promise.all(ids.map(pixels)), config),
      pictures: { value: 'pixels', ...formOf(config), pixels },
      targets: (ids, o) =>
        labelTargets(
          ids.map((id) => dataset.label(id)),
          o,
        ),
      augmented: (augmentation, occasion) => augmented(augmentation, occasion, config),
    };
  },
  async read(tried, { config }) {
    if (tried.kind !== 'picture') throw new TypeError('a picture is wanted');
    return inputs([prepare(await decode(tried.picture, tried.name), inputOf(config))], config);
  },
  pictures: {
    frame: (frame, { config }) => inputs([prepare(squareOf(frame, 'camera'), inputOf(config))], config),
    show: (batch, place, { config }) => pictureOf(pixelsOf(batch, place, config), inputOf(config)),
  },
  objective: labelObjective,
};
