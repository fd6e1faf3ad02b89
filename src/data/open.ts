import type { DroppedFile } from '../protocol/dataset.ts';
import type { ImageDataset, OpenedImages } from './image-dataset.ts';
import { type OpenOptions as ImageOptions, openImages } from './open-images.ts';
import { type OpenTextsOptions, openTexts } from './open-texts.ts';
import { isTextDataset } from './tables/files.ts';
import type { OpenedTexts, TextDataset } from './text-dataset.ts';

export type AnyDataset = ImageDataset | TextDataset;
export type AnyOpened = OpenedImages | OpenedTexts;
export type OpenOptions = ImageOptions & Pick<OpenTextsOptions, 'onBytes'>;

/** Pictures where there are any among what was dropped; texts where there are tables alone. Throws what these throw. */
export async function openDataset(files: readonly DroppedFile[], o: OpenOptions): Promise<AnyOpened> {
  return (await isTextDataset(files)) ? openTexts(files, o) : openImages(files, o);
}
