/** Shared by tests, in Node, of what the engine does with pictures: real samples, decoded without a browser. */
import { readFileSync } from 'node:fs';
import { inflateSync } from 'node:zlib';
import { classNames } from '../../data/classes.ts';
import { collectImages } from '../../data/files.ts';
import { overWhite } from '../../data/image/composite.ts';
import { prepare } from '../../data/image/prepare.ts';
import type { RgbaImage } from '../../data/image/types.ts';
import { CACHE_BYTES, keyOf, OpenedImages, type PixelCache } from '../../data/image-dataset.ts';
import { ByteLru } from '../../lib/lru.ts';
import { DEFAULT_SPLIT, type SplitSettings } from '../../protocol/dataset.ts';
import type { ImageInput } from '../../protocol/model.ts';

/** What is done to the pixels of each picture. */
type Change = (pixels: Uint8Array, input: ImageInput) => Uint8Array;

interface Options {
  /** What the models take. */
  inputs: readonly ImageInput[];
  split?: SplitSettings;
  change?: Change;
}

/** A sample of pictures as it opens in the browser, every picture prepared for these inputs. */
export async function pictures(name: string, o: Options): Promise<OpenedImages> {
  const path = new URL(`../../../public/samples/${name}`, import.meta.url);
  const { images } = await collectImages([{ path: name, file: new Blob([new Uint8Array(readFileSync(path))]) }]);
  const classes = classNames(images.map(({ label }) => label));
  const cache: PixelCache = new ByteLru(CACHE_BYTES);
  for (const [id, { blob }] of images.entries()) {
    const picture = decodePng(new Uint8Array(await blob.arrayBuffer()));
    for (const input of o.inputs) {
      const pixels = prepare(picture, input);
      cache.set(keyOf(id, input), o.change ? o.change(pixels, input) : pixels);
    }
  }
  const labels = Int32Array.from(images, ({ label }) => classes.indexOf(label ?? ''));
  return new OpenedImages(
    {
      kind: 'image',
      id: name,
      name,
      classes,
      labels,
      excluded: new Uint8Array(images.length),
      splits: new Int8Array(0),
      groups: [],
      split: o.split ?? DEFAULT_SPLIT,
      problems: [],
      filesRead: images.length,
      readMs: 0,
    },
    images.map(({ path, blob }) => ({
      path,
      blob,
      thumbnail: blob,
      width: 28,
      height: 28,
      fingerprint: null as never,
    })),
    cache,
  );
}

const CHANNELS: Readonly<Record<number, number>> = { 0: 1, 2: 3, 6: 4 };

/** A PNG of 8 bits a channel, not interlaced, over white (W3C 2003, sections 7, 9 and 10). */
export function decodePng(bytes: Uint8Array): RgbaImage {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const [width, height] = [view.getUint32(16), view.getUint32(20)];
  const channels = CHANNELS[bytes[25]!];
  if (bytes[24] !== 8 || bytes[28] !== 0 || !channels) throw new Error('such a PNG is not read here');
  const parts: Uint8Array[] = [];
  for (let at = 8; at < bytes.length; at += 12 + view.getUint32(at))
    if (view.getUint32(at + 4) === 0x49444154) parts.push(bytes.subarray(at + 8, at + 8 + view.getUint32(at)));
  const raw = inflateSync(Buffer.concat(parts));
  const stride = width * channels;
  const lines = new Uint8Array(height * stride);
  for (let y = 0; y < height; y++) {
    const filter = raw[y * (stride + 1)]!;
    for (let i = 0; i < stride; i++) {
      const left = i < channels ? 0 : lines[y * stride + i - channels]!;
      const up = y === 0 ? 0 : lines[(y - 1) * stride + i]!;
      const corner = y === 0 || i < channels ? 0 : lines[(y - 1) * stride + i - channels]!;
      lines[y * stride + i] = raw[y * (stride + 1) + 1 + i]! + predicted(filter, left, up, corner);
    }
  }
  const data = new Uint8ClampedArray(4 * width * height).fill(255);
  for (let i = 0; i < width * height; i++)
    for (let c = 0; c < 4; c++) {
      if (c === 3 && channels !== 4) continue;
      data[4 * i + c] = lines[channels * i + (channels === 1 ? 0 : c)]!;
    }
  overWhite(data);
  return { width, height, data };
}

function predicted(filter: number, left: number, up: number, corner: number): number {
  if (filter === 1) return left;
  if (filter === 2) return up;
  if (filter === 3) return (left + up) >> 1;
  if (filter !== 4) return 0;
  const [a, b, c] = [left, up, corner].map((value) => Math.abs(left + up - corner - value)) as [number, number, number];
  return a <= b && a <= c ? left : b <= c ? up : corner;
}
