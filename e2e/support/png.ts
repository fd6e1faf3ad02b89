import { crc32, deflateSync } from 'node:zlib';

export type Colour = readonly [red: number, green: number, blue: number];

const SIGNATURE = Buffer.from('\x89PNG\r\n\x1a\n', 'latin1');

/** Length, type, data, checksum (PNG specification, 5.3). */
function chunk(type: string, data: Uint8Array): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const ends = Buffer.alloc(8);
  ends.writeUInt32BE(data.length, 0);
  ends.writeUInt32BE(crc32(body), 4);
  return Buffer.concat([ends.subarray(0, 4), body, ends.subarray(4)]);
}

/** `depth` in bits a channel; `kind` 0 is grey, 2 colour (11.2.1). */
function header(width: number, height: number, depth: number, kind: number): Buffer {
  const data = Buffer.alloc(13);
  data.writeUInt32BE(width, 0);
  data.writeUInt32BE(height, 4);
  data.set([depth, kind], 8);
  return chunk('IHDR', data);
}

const file = (head: Buffer, rows: Uint8Array): Uint8Array =>
  new Uint8Array(Buffer.concat([SIGNATURE, head, chunk('IDAT', deflateSync(rows)), chunk('IEND', new Uint8Array())]));

/** A picture of `side` by `side` pixels. */
export function square(side: number, colourAt: (x: number, y: number) => Colour): Uint8Array {
  const line = 1 + 3 * side;
  const rows = new Uint8Array(line * side);
  for (let y = 0; y < side; y++) for (let x = 0; x < side; x++) rows.set(colourAt(x, y), y * line + 1 + 3 * x);
  return file(header(side, side, 8, 2), rows);
}

/** Black, one bit a pixel: however large, a small file. */
export const vast = (width: number, height: number): Uint8Array =>
  file(header(width, height, 1, 0), new Uint8Array((1 + Math.ceil(width / 8)) * height));

/** A header that promises so many pixels, and nothing behind it. */
export const promise = (width: number, height: number): Uint8Array =>
  new Uint8Array(
    Buffer.concat([SIGNATURE, header(width, height, 8, 2), chunk('IDAT', deflateSync(new Uint8Array(64)))]),
  );
