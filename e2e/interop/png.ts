import { zlibSync } from 'fflate';

export interface Rgb {
  width: number;
  height: number;
  /** [height, width, 3] */
  data: Uint8Array;
}

/** CRC-32 of ISO 3309, as PNG asks for. */
function crc32(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? 0xedb88320 ^ (crc >>> 1) : crc >>> 1;
  }
  return ~crc >>> 0;
}

function chunk(type: string, body: Uint8Array): Buffer {
  const bytes = Buffer.alloc(12 + body.length);
  bytes.writeUInt32BE(body.length, 0);
  bytes.write(type, 4, 'latin1');
  bytes.set(body, 8);
  bytes.writeUInt32BE(crc32(bytes.subarray(4, 8 + body.length)), 8 + body.length);
  return bytes;
}

/** A PNG (ISO 15948) of 8 bits a channel, unfiltered: every decoder gives these pixels and no others. */
export function png({ width, height, data }: Rgb): Uint8Array {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 2], 8);
  const line = 3 * width;
  const lines = new Uint8Array(height * (line + 1));
  for (let y = 0; y < height; y++) lines.set(data.subarray(y * line, (y + 1) * line), y * (line + 1) + 1);
  return Buffer.concat([
    Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a),
    chunk('IHDR', header),
    chunk('IDAT', zlibSync(lines)),
    chunk('IEND', new Uint8Array(0)),
  ]);
}

/** Waves of another pace in each channel with grain over them: every size and crop of it looks different. */
export function waves(width: number, height: number, pace: number): Rgb {
  const data = new Uint8Array(width * height * 3);
  for (let i = 0; i < data.length; i++) {
    const channel = i % 3;
    const x = Math.floor(i / 3) % width;
    const y = Math.floor(i / 3 / width);
    const wave = Math.sin((pace * (channel + 1) * x) / width) * Math.cos((pace * (3 - channel) * y) / height);
    const grain = ((x * 7919 + y * 104729 + channel * 31) % 41) - 20;
    data[i] = Math.max(0, Math.min(255, Math.round(127 + 100 * wave + grain)));
  }
  return { width, height, data };
}
