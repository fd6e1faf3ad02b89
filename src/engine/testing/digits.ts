/** Shared by tests, in Node: real digits without a browser to decode them. */
import { readFile } from 'node:fs/promises';
import { unzipSync, unzlibSync } from 'fflate';
import { fixedImages } from '../../data/fixed-examples.ts';
import type { ImageDataset } from '../../data/image-dataset.ts';

const SIDE = 28;

/** Pixels of a grey PNG of 8 bits without filters, as `scripts/samples/png.mjs` writes them. */
function pixelsOf(png: Uint8Array): Uint8Array {
  const view = new DataView(png.buffer, png.byteOffset);
  for (let at = 8; at < png.length; at += 12 + view.getUint32(at)) {
    if (String.fromCharCode(...png.subarray(at + 4, at + 8)) !== 'IDAT') continue;
    const lines = unzlibSync(png.subarray(at + 8, at + 8 + view.getUint32(at)));
    const pixels = new Uint8Array(SIDE * SIDE);
    for (let y = 0; y < SIDE; y++) {
      const begin = y * (SIDE + 1);
      if (lines[begin] !== 0) throw new Error('a filtered line');
      pixels.set(lines.subarray(begin + 1, begin + 1 + SIDE), y * SIDE);
    }
    return pixels;
  }
  throw new Error('no pixels');
}

/** The sample of the digits 5 to 9: every fifth of each is for validation, the others for training. */
export async function digits(
  every = 1,
): Promise<{ dataset: ImageDataset; ids: { train: number[]; validation: number[] } }> {
  const zip = await readFile(new URL('../../../public/samples/digits-5-9.zip', import.meta.url));
  const entries = Object.entries(unzipSync(new Uint8Array(zip)))
    .filter(([path]) => path.endsWith('.png'))
    .filter((_, i) => i % every === 0);
  const pixels = new Uint8Array(entries.length * SIDE * SIDE);
  const labels = Int32Array.from(entries, ([path]) => Number(path.split('/').at(-2)) - 5);
  for (const [i, [, png]] of entries.entries()) pixels.set(pixelsOf(png), i * SIDE * SIDE);
  const dataset = fixedImages('digits-5-9', ['5', '6', '7', '8', '9'], { pixels, labels });
  const all = dataset.ids('train');
  return {
    dataset,
    ids: { train: all.filter((id) => id % 5 !== 0), validation: all.filter((id) => id % 5 === 0) },
  };
}
