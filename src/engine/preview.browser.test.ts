import { beforeAll, expect, it } from 'vitest';
import { decode } from '../data/image/decode.ts';
import { readBack } from '../nn/input.ts';
import type { Augmentation } from '../protocol/augmentation.ts';
import { defaultSettings } from '../protocol/settings.ts';
import { augmented, inputs, pixelsOf } from '../tasks/image-classification/engine.ts';
import { openSample } from './opening.ts';
import { previewAugmentation } from './preview.ts';
import { Studio } from './studio.ts';

const OFF = defaultSettings().augmentation;
const MIXED: Augmentation = {
  ...OFF,
  flipHorizontal: true,
  crop: 0.5,
  rotate: 20,
  colour: 0.3,
  erase: 0.5,
  mixup: 0.5,
};
const ref = { kind: 'shipped', id: 'digits-cnn' } as const;
const studio = new Studio('/', () => {});

beforeAll(async () => {
  await studio.chooseBackend('wasm');
  await openSample(studio, 'digits');
});

const preview = (augmentation: Augmentation, ids: readonly number[], views = 1) =>
  previewAugmentation(studio, { kind: 'augment', model: ref, augmentation, ids, views, seed: 11 });
/** Grey values; a PNG keeps them. */
const greyOf = async (picture: Blob) => {
  const { data } = await decode(picture, 'view.png');
  return [...data].filter((_, i) => i % 4 === 0);
};

it('shows what training is given, to the byte', async () => {
  const ids = studio.needDataset().ids('train').slice(0, 6);
  const views = await preview(MIXED, ids, 2);
  expect(views.map(({ id }) => id)).toEqual([...ids, ...ids]);
  const { processor } = await studio.model(ref);
  if (processor.kind !== 'image') throw new Error('takes texts');
  const preprocessor = processor.config;
  const input = { kind: 'image', size: 28, channels: 1 } as const;
  const batch = inputs(await Promise.all(ids.map((id) => studio.openedImages().pixels(id, input))), preprocessor);
  for (const view of [0, 1]) {
    const { augment, mix } = augmented(MIXED, { seed: 11, view, ids, first: 0 }, preprocessor);
    const given = await readBack({ kind: 'arrays', batch, augment });
    for (const [i, { picture, mixed }] of views.slice(6 * view, 6 * view + 6).entries()) {
      expect(await greyOf(picture)).toEqual([...pixelsOf(given, i, preprocessor)]);
      expect(mixed).toEqual({ id: ids[mix!.partners[i]!], share: mix!.shares[i] });
    }
  }
});

it('shows the picture itself where everything is off', async () => {
  const [id] = studio.needDataset().ids('train');
  const [view] = await preview(OFF, [id!]);
  const pixels = await studio.openedImages().pixels(id!, { kind: 'image', size: 28, channels: 1 });
  expect(await greyOf(view!.picture)).toEqual([...pixels]);
  expect(view!.mixed).toBeUndefined();
});

it('shows another view each time, and the same ones again', async () => {
  const ids = studio.needDataset().ids('train').slice(0, 2);
  const pictures = async () => Promise.all((await preview(MIXED, ids, 2)).map(({ picture }) => greyOf(picture)));
  const first = await pictures();
  expect(first[0]).not.toEqual(first[2]);
  expect(await pictures()).toEqual(first);
});
