import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright';

export const CLASSES = ['discs', 'bars', 'triangles'] as const;

export interface PhotoSize {
  width: number;
  height: number;
}
const CAMERA: PhotoSize = { width: 1600, height: 1200 };
/** Drawn in one go: base64 on its way out of the page takes memory. */
const AT_ONCE = 20;

/**
 * A folder of JPEG photographs, drawn in the page: a lit background, blurred blobs, the class's shapes, and noise as of a
 * sensor, so that they are as large and as slow to decode as real ones. The same on every run.
 */
export async function makePhotos(
  page: Page,
  each: number,
  size: PhotoSize = CAMERA,
): Promise<{ folder: string; bytes: number }> {
  const folder = join(mkdtempSync(join(tmpdir(), 'bench-')), 'photos');
  let bytes = 0;
  for (const [label, name] of CLASSES.entries()) {
    mkdirSync(join(folder, name), { recursive: true });
    for (let from = 0; from < each; from += AT_ONCE) {
      const seeds = Array.from({ length: Math.min(AT_ONCE, each - from) }, (_, i) => 1 + label * each + from + i);
      const photos = await page.evaluate(drawPhotos, { label, seeds, size });
      for (const [i, photo] of photos.map((text) => Buffer.from(text, 'base64')).entries()) {
        bytes += photo.length;
        writeFileSync(join(folder, name, `${String(from + i).padStart(5, '0')}.jpg`), photo);
      }
    }
  }
  return { folder, bytes };
}

/** In the page: photographs as base64, one for each seed. */
async function drawPhotos(o: { label: number; seeds: readonly number[]; size: PhotoSize }): Promise<string[]> {
  const { width, height } = o.size;
  const unit = width / 1600;
  let state = 0;
  /** mulberry32 */
  const random = () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
  const photos: string[] = [];
  for (const seed of o.seeds) {
    state = seed * 0x9e3779b1;
    const colour = (light: number) => `hsl(${random() * 360} ${30 + random() * 50}% ${light}%)`;
    const canvas = new OffscreenCanvas(width, height);
    const context = canvas.getContext('2d', { willReadFrequently: true })!;
    const light = context.createLinearGradient(random() * width, 0, random() * width, height);
    light.addColorStop(0, colour(70));
    light.addColorStop(1, colour(25));
    context.fillStyle = light;
    context.fillRect(0, 0, width, height);
    for (let i = 0; i < 40; i++) {
      const [x, y, radius] = [random() * width, random() * height, unit * (60 + random() * 240)];
      const blob = context.createRadialGradient(x, y, 0, x, y, radius);
      blob.addColorStop(0, colour(50));
      blob.addColorStop(1, 'transparent');
      context.fillStyle = blob;
      context.fillRect(0, 0, width, height);
    }
    for (let i = 0; i < 12; i++) {
      const [x, y, size] = [
        (0.2 + random() * 0.6) * width,
        (0.15 + random() * 0.7) * height,
        unit * (60 + random() * 120),
      ];
      context.fillStyle = colour(30 + random() * 50);
      context.beginPath();
      if (o.label === 0) context.arc(x, y, size, 0, 7);
      else if (o.label === 1) context.rect(x - size * 1.6, y - size / 4, size * 3.2, size / 2);
      else
        for (const [dx, dy] of [
          [0, -1.2],
          [1.1, 0.9],
          [-1.1, 0.9],
        ] as const)
          context.lineTo(x + dx * size, y + dy * size);
      context.fill();
    }
    const image = context.getImageData(0, 0, width, height);
    const { data } = image;
    for (let i = 0; i < data.length; i += 4) {
      const noise = 24 * (random() + random() - 1);
      for (let c = 0; c < 3; c++) data[i + c] = data[i + c]! + noise;
    }
    context.putImageData(image, 0, 0);
    const bytes = new Uint8Array(
      await (await canvas.convertToBlob({ type: 'image/jpeg', quality: 0.9 })).arrayBuffer(),
    );
    let text = '';
    for (let i = 0; i < bytes.length; i += 8192) text += String.fromCharCode(...bytes.subarray(i, i + 8192));
    photos.push(btoa(text));
  }
  return photos;
}
