/**
 * Makes public/samples/clothes.zip: photographs of five kinds of clothes of Debian's `dataset-fashion-mnist` (Zalando's
 * Fashion-MNIST), the first 100 of each in the training file, light on black as they come.
 *
 *     node scripts/samples/clothes.mjs [--package path/to/the/unpacked/package]
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { gunzipSync } from 'node:zlib';
import { writeZip } from './archive.mjs';
import { greyPng } from './png.mjs';

const PACKAGE = 'dataset-fashion-mnist=0.0~git20200523.55506a9-1';
const FILES = 'usr/share/datasets/fashion-mnist';
const LICENCE = 'usr/share/doc/dataset-fashion-mnist/copyright';
const SIZE = 28;
const EACH = 100;
/** Folders by the data set's own numbers; those left out are trousers, coats, sandals, shirts and ankle boots. */
const KINDS = { 't-shirt': 0, pullover: 2, dress: 3, sneaker: 7, bag: 8 };

/** Runs `make` with the unpacked package: in the folder that `--package` names, else in one that is removed afterwards. */
function withPackage(make) {
  const { values } = parseArgs({ options: { package: { type: 'string' } } });
  if (values.package) return make(resolve(values.package));
  const folder = mkdtempSync(join(tmpdir(), 'samples-'));
  try {
    execFileSync('apt-get', ['download', PACKAGE], { cwd: folder, stdio: ['ignore', 'ignore', 'inherit'] });
    execFileSync('dpkg-deb', ['-x', readdirSync(folder)[0], '.'], { cwd: folder });
    return make(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

withPackage((folder) => {
  // IDX: the magic number and one length each axis, 4 bytes each, then bytes: https://yann.lecun.com/exdb/mnist/
  const read = (name, header) =>
    gunzipSync(readFileSync(join(folder, `${FILES}/train-${name}-ubyte.gz`))).subarray(header);
  const [pixels, labels] = [read('images-idx3', 16), read('labels-idx1', 8)];
  const entries = Object.entries(KINDS).flatMap(([kind, number]) =>
    Array.from(labels.keys())
      .filter((i) => labels[i] === number)
      .slice(0, EACH)
      .map((i, place) => [
        `clothes/${kind}/${String(place + 1).padStart(4, '0')}.png`,
        greyPng(SIZE, SIZE, pixels.subarray(i * SIZE * SIZE, (i + 1) * SIZE * SIZE)),
      ]),
  );
  writeZip('samples/clothes.zip', [...entries, ['clothes/LICENCE.txt', readFileSync(join(folder, LICENCE))]]);
});
