import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { overWhite } from './composite.ts';
import fixtures from './fixtures/pillow.json';
import { prepare } from './prepare.ts';
import { triangleFilter } from './resize.ts';

const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

/** As `noise` in scripts/samples/pillow_fixtures.py. */
function noise(count: number, seed: number): Uint8ClampedArray {
  const out = new Uint8ClampedArray(count);
  let x = seed;
  for (let i = 0; i < count; i++) {
    x = (Math.imul(x, 1664525) + 1013904223) >>> 0;
    out[i] = x >>> 24;
  }
  return out;
}

describe(`as Pillow ${fixtures.pillow}`, () => {
  it.each(fixtures.cases)('$width x $height to $size, channels $channels, alpha $alpha', (known) => {
    const { width, height, size, alpha } = known;
    const data = noise(width * height * 4, width * 65536 + height);
    if (!alpha) for (let i = 3; i < data.length; i += 4) data[i] = 255;
    expect(overWhite(data)).toBe(alpha);
    const pixels = prepare({ width, height, data }, { kind: 'image', size, channels: known.channels as 1 | 3 });
    if (known.pixels) expect([...pixels]).toEqual([...Buffer.from(known.pixels, 'base64')]);
    expect(sha256(pixels)).toBe(known.sha256);
  });

  it('lays every value at every alpha over white', () => {
    const data = new Uint8ClampedArray(65536 * 4);
    for (let i = 0; i < 65536; i++) data.set([i & 255, i & 255, i & 255, i >> 8], i * 4);
    overWhite(data);
    expect(sha256(Uint8Array.from({ length: 65536 }, (_, i) => data[i * 4]!))).toBe(fixtures.overWhite);
  });
});

it('keeps weights positive and their sum at one within a unit a tap, so that no sum needs clipping', () => {
  for (const [from, to] of [
    [3000, 224],
    [10_000, 28],
    [13, 28],
  ] as const) {
    const { taps, weights } = triangleFilter(from, to);
    for (let i = 0; i < to; i++) {
      const own = weights.subarray(i * taps, (i + 1) * taps);
      expect(Math.min(...own)).toBeGreaterThanOrEqual(0);
      expect(Math.abs(own.reduce((a, b) => a + b, 0) - 2 ** 22)).toBeLessThan(taps);
    }
  }
});
