import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright';

export const CLASSES = ['discs', 'bars', 'triangles'] as const;

/**
 * A folder of JPEG photographs of 1600 x 1200 px, drawn in the page: a lit background, blurred blobs, the class's shapes,
 * and noise as of a sensor, so that they are as large and as slow to decode as real ones. The same on every run.
 */
export async function makePhotos(page: Page, each: number): Promise<{ folder: string; bytes: number }> {
  const folder = join(mkdtempSync(join(tmpdir(), 'bench-')), 'photos');
  let bytes = 0;
  for (const [label, name] of CLASSES.entries()) {
    mkdirSync(join(folder, name), { recursive: true });
    for (let i = 0; i < each; i++) {
      const photo = Buffer.from(await page.evaluate(drawPhoto, { label, seed: 1 + label * each + i }), 'base64');
      bytes += photo.length;
      writeFileSync(join(folder, name, `${String(i).padStart(3, '0')}.jpg`), photo);
    }
  }
  return { folder, bytes };
}

/** In the page: one photograph as base64. */
async function drawPhoto({ label, seed }: { label: number; seed: number }): Promise<string> {
  const [width, height] = [1600, 1200];
  let state = seed * 0x9e3779b1;
  /** mulberry32 */
  const random = () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
  const colour = (light: number) => `hsl(${random() * 360} ${30 + random() * 50}% ${light}%)`;
  const canvas = new OffscreenCanvas(width, height);
  const context = canvas.getContext('2d', { willReadFrequently: true })!;
  const light = context.createLinearGradient(random() * width, 0, random() * width, height);
  light.addColorStop(0, colour(70));
  light.addColorStop(1, colour(25));
  context.fillStyle = light;
  context.fillRect(0, 0, width, height);
  for (let i = 0; i < 40; i++) {
    const [x, y, radius] = [random() * width, random() * height, 60 + random() * 240];
    const blob = context.createRadialGradient(x, y, 0, x, y, radius);
    blob.addColorStop(0, colour(50));
    blob.addColorStop(1, 'transparent');
    context.fillStyle = blob;
    context.fillRect(0, 0, width, height);
  }
  for (let i = 0; i < 12; i++) {
    const [x, y, size] = [(0.2 + random() * 0.6) * width, (0.15 + random() * 0.7) * height, 60 + random() * 120];
    context.fillStyle = colour(30 + random() * 50);
    context.beginPath();
    if (label === 0) context.arc(x, y, size, 0, 7);
    else if (label === 1) context.rect(x - size * 1.6, y - size / 4, size * 3.2, size / 2);
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
  const bytes = new Uint8Array(await (await canvas.convertToBlob({ type: 'image/jpeg', quality: 0.9 })).arrayBuffer());
  let text = '';
  for (let i = 0; i < bytes.length; i += 8192) text += String.fromCharCode(...bytes.subarray(i, i + 8192));
  return btoa(text);
}
