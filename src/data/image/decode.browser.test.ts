import { describe, expect, it } from 'vitest';
import { ProblemError } from '../../protocol/problems.ts';
import { decode, MAX_PIXELS, openBitmap, squareOf } from './decode.ts';
import decoded from './fixtures/decoded.json';
import { prepare } from './prepare.ts';
import { THUMBNAIL_SIZE, thumbnailOf } from './thumbnail.ts';

const files = import.meta.glob('./fixtures/*.{png,jpg,gif,webp,bmp,avif}', {
  query: '?url',
  import: 'default',
  eager: true,
});
const blobOf = async (name: string): Promise<Blob> => (await fetch(String(files[`./fixtures/${name}`]))).blob();
const problemOf = async (work: Promise<unknown>): Promise<Record<string, unknown>> => {
  const error = await work.catch((e: unknown) => e);
  if (!(error instanceof ProblemError)) throw new Error(`no problem: ${String(error)}`);
  return { code: error.problem.code, ...error.problem.values };
};
const rgb = (data: Uint8ClampedArray) =>
  Uint8Array.from({ length: (data.length / 4) * 3 }, (_, i) => data[((i - (i % 3)) / 3) * 4 + (i % 3)]!);
const hex = async (bytes: Uint8Array<ArrayBuffer>) =>
  [...new Uint8Array(await crypto.subtle.digest('SHA-256', bytes))]
    .map((b) => b.toString(16).padStart(2, '0'))
    .join('');
const fromBase64 = (text: string) => Uint8Array.from(atob(text), (c) => c.charCodeAt(0));

/**
 * Levels by which a lossy format may differ: it is 0 with the libraries that both use today, CMYK included, but theirs to
 * change. A moving AVIF takes another way to colours in Chromium; its second frame, turned by 180°, would differ by 255.
 */
const toleranceOf = (name: string) => (name === 'moving.avif' ? 24 : /jpg|avif|lossy/.test(name) ? 2 : 0);

const at = (view: DataView, text: string) => new TextDecoder('latin1').decode(view).indexOf(text);
/** Small files whose header is changed to promise more than a gigapixel. */
const HUGE: [string, (view: DataView) => void][] = [
  ['colour.png', (view) => view.setBigUint64(16, 0x9c40_0000_9c40n)],
  ['two.gif', (view) => view.setUint32(6, 0xffffffff)],
  ['colour.bmp', (view) => view.setBigInt64(18, (-40_000n << 32n) | 40_000n, true)],
  ['moving.webp', (view) => view.setUint32(24, 0xffffffff)],
  ['colour.avif', (view) => view.setBigUint64(at(view, 'ispe') + 8, 0x9c40_0000_9c40n)],
  ['exif-1.jpg', (view) => view.setUint32(at(view, '\xff\xc0') + 5, 0xffffffff)],
];

/** 300 KB of comments between the first two bytes of a JPEG and the rest. */
function padded(bytes: Uint8Array<ArrayBuffer>): Blob {
  const comment = new Uint8Array(60_002);
  comment.set([0xff, 0xfe, 60_000 >> 8, 60_000 & 255]);
  return new Blob([bytes.subarray(0, 2), ...Array.from({ length: 5 }, () => comment), bytes.subarray(2)]);
}

describe('decode', () => {
  it.each(Object.entries(decoded))('reads %s as Pillow does', async (name, known) => {
    const image = await decode(await blobOf(name), name);
    expect([image.width, image.height]).toEqual([known.width, known.height]);
    const pixels = rgb(image.data);
    const expected = 'rgb' in known ? fromBase64(known.rgb) : null;
    const worst = expected ? pixels.reduce((most, value, i) => Math.max(most, Math.abs(value - expected[i]!)), 0) : 0;
    expect(worst).toBeLessThanOrEqual(toleranceOf(name));
    if (!worst) expect(await hex(pixels)).toBe(known.sha256);
  });

  it('refuses what is damaged, empty or no picture, with the name', async () => {
    const bad = { 'cut.jpg': await blobOf('cut.jpg'), 'cut.png': await blobOf('cut.png'), 'empty.png': new Blob([]) };
    for (const [name, blob] of Object.entries(bad)) {
      expect(await problemOf(decode(blob, name))).toEqual({ code: 'image-unreadable', file: name, reason: 'damaged' });
    }
    const text = await problemOf(decode(new Blob(['no picture']), 'text.jpg'));
    expect(text).toEqual({ code: 'file-not-image', file: 'text.jpg', reason: 'text' });
  });

  it.each(HUGE)('refuses %s, whose header promises a gigapixel, before decoding it', async (name, change) => {
    const bytes = new Uint8Array(await (await blobOf(name)).arrayBuffer());
    change(new DataView(bytes.buffer));
    const blob = name.endsWith('jpg') ? padded(bytes) : new Blob([bytes]);
    const { code, reason, limit, width, height, file } = await problemOf(decode(blob, name));
    expect([code, reason, limit, file]).toEqual(['image-unreadable', 'too-large', MAX_PIXELS, name]);
    expect(Number(width) * Number(height)).toBeGreaterThan(1e9);
  });

  it('decodes a long narrow picture, and refuses a square of the same length', async () => {
    const canvas = new OffscreenCanvas(20_000, 100);
    canvas.getContext('2d')!.fillRect(0, 0, 10_000, 100);
    const blob = await canvas.convertToBlob();
    const bitmap = await openBitmap(blob, 'long.png');
    expect([bitmap.width, bitmap.height]).toEqual([20_000, 100]);
    const { data } = squareOf(bitmap, 'long.png');
    expect([data[0], data.at(-2)]).toEqual([0, 255]);
    const bytes = new Uint8Array(await blob.arrayBuffer());
    new DataView(bytes.buffer).setUint32(20, 20_000);
    expect(await problemOf(decode(new Blob([bytes]), 'square.png'))).toMatchObject({
      reason: 'too-large',
      width: 20_000,
      height: 20_000,
    });
  });

  it('reads from the square alone what it would from the whole', async () => {
    const blob = await blobOf('exif-6.jpg');
    const input = { kind: 'image', size: 28, channels: 3 } as const;
    const whole = prepare(await decode(blob, 'x'), input);
    const square = squareOf(await openBitmap(blob, 'x'), 'x');
    expect([square.width, square.height]).toEqual([24, 24]);
    expect(prepare(square, input)).toEqual(whole);
  });
});

describe('thumbnailOf', () => {
  it('cuts the centre square to size, over white', async () => {
    const canvas = new OffscreenCanvas(400, 300);
    canvas.getContext('2d');
    const blob = await canvas.convertToBlob();
    const bitmap = await openBitmap(blob, 'x');
    const thumbnail = await thumbnailOf(bitmap, { blob, type: 'image/png', translucent: true });
    const image = await decode(thumbnail, 'x');
    expect([image.width, image.height]).toEqual([THUMBNAIL_SIZE, THUMBNAIL_SIZE]);
    expect(Math.min(...image.data)).toBe(255);
  });

  it('passes a small opaque picture on', async () => {
    const blob = await blobOf('grey.png');
    const bitmap = await openBitmap(blob, 'x');
    const thumbnail = await thumbnailOf(bitmap, { blob, type: 'image/png', translucent: false });
    expect([thumbnail.size, thumbnail.type]).toEqual([blob.size, 'image/png']);
  });
});
