import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { ROOT } from './root.ts';

const PACKAGE = 'dataset-fashion-mnist=0.0~git20200523.55506a9-1';
const FOLDER = `${ROOT}.cache/fashion-mnist`;

export const CLOTHES = ['t-shirt', 'trouser', 'pullover', 'dress', 'coat', 'sandal', 'shirt', 'sneaker', 'bag', 'boot'];

export interface Clothes {
  /** 28 x 28 bytes each. */
  pixels: Uint8Array;
  labels: Int32Array;
}

/** The 60,000 training pictures of Fashion-MNIST (Zalando, MIT), from Debian's package, fetched once. */
export function readClothes(): Clothes {
  if (!existsSync(FOLDER)) fetchPackage();
  // IDX: the magic number and one length each axis, 4 bytes each, then bytes
  const read = (name: string, header: number) =>
    gunzipSync(readFileSync(`${FOLDER}/usr/share/datasets/fashion-mnist/train-${name}-ubyte.gz`)).subarray(header);
  const pixels = read('images-idx3', 16);
  return { pixels: new Uint8Array(pixels), labels: Int32Array.from(read('labels-idx1', 8)) };
}

function fetchPackage(): void {
  mkdirSync(`${ROOT}.cache`, { recursive: true });
  const folder = mkdtempSync(`${FOLDER}-`);
  execFileSync('apt-get', ['download', PACKAGE], { cwd: folder, stdio: ['ignore', 'ignore', 'inherit'] });
  execFileSync('dpkg-deb', ['-x', readdirSync(folder)[0]!, '.'], { cwd: folder });
  renameSync(folder, FOLDER);
}
