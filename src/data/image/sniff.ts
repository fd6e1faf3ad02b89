/** What a file is by its first bytes, whatever its name says, and how large a picture it declares. */

export const IMAGE_TYPES = ['image/jpeg', 'image/png', 'image/gif', 'image/webp', 'image/bmp', 'image/avif'] as const;
export type ImageType = (typeof IMAGE_TYPES)[number];
/** Enough for every signature below. */
export const SNIFF_BYTES = 64;

const ascii = (bytes: Uint8Array, start: number, end: number): string =>
  String.fromCharCode(...bytes.subarray(start, end));

const startsWith = (bytes: Uint8Array, ...signature: number[]): boolean => signature.every((b, i) => bytes[i] === b);

/** Brands of an ISO base media file (`ftyp` box): the major one, then the compatible ones. */
const brandsOf = (bytes: Uint8Array): string[] => {
  if (ascii(bytes, 4, 8) !== 'ftyp') return [];
  const end = Math.min(new DataView(bytes.buffer, bytes.byteOffset).getUint32(0), bytes.length);
  const brands = [ascii(bytes, 8, 12)];
  for (let at = 16; at + 4 <= end; at += 4) brands.push(ascii(bytes, at, at + 4));
  return brands;
};

/** Type of a picture that browsers decode, by magic numbers. Wants the first `SNIFF_BYTES`. */
export function sniffImage(bytes: Uint8Array): ImageType | null {
  if (startsWith(bytes, 0xff, 0xd8, 0xff)) return 'image/jpeg';
  if (startsWith(bytes, 0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a)) return 'image/png';
  if (/^GIF8[79]a/.test(ascii(bytes, 0, 6))) return 'image/gif';
  if (ascii(bytes, 0, 4) === 'RIFF' && ascii(bytes, 8, 12) === 'WEBP') return 'image/webp';
  if (bytes.length >= 12 && brandsOf(bytes).some((brand) => brand === 'avif' || brand === 'avis')) return 'image/avif';
  // "BM" alone also begins prose: the reserved words of the header are zero and the first offset is a header's length.
  if (startsWith(bytes, 0x42, 0x4d) && bytes.length >= 18 && bytes.subarray(6, 10).every((b) => b === 0)) {
    return 'image/bmp';
  }
  return null;
}

export const isZip = (bytes: Uint8Array): boolean =>
  startsWith(bytes, 0x50, 0x4b, 3, 4) || startsWith(bytes, 0x50, 0x4b, 5, 6);

/** A name for what is not a usable picture, so that the page can say what to convert; `unknown` where nothing fits. */
export function sniffOther(bytes: Uint8Array): 'heic' | 'tiff' | 'pdf' | 'svg' | 'zip' | 'text' | 'unknown' {
  if (bytes.length >= 12 && brandsOf(bytes).some((brand) => /^(hei[cxms]|hev[cx]|mif1|msf1)$/.test(brand))) {
    return 'heic';
  }
  if (startsWith(bytes, 0x49, 0x49, 0x2a, 0) || startsWith(bytes, 0x4d, 0x4d, 0, 0x2a)) return 'tiff';
  if (ascii(bytes, 0, 5) === '%PDF-') return 'pdf';
  if (isZip(bytes)) return 'zip';
  const text = bytes.every((b) => b >= 0x20 || b === 9 || b === 10 || b === 13);
  if (text && /<svg\b/i.test(ascii(bytes, 0, bytes.length))) return 'svg';
  return text ? 'text' : 'unknown';
}

export interface Size {
  width: number;
  height: number;
}

/** Size that the header declares, in pixels as stored (before EXIF rotation); null where the bytes do not reach it. */
export function sniffSize(bytes: Uint8Array): Size | null {
  const type = sniffImage(bytes);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  try {
    if (type === 'image/png') return { width: view.getUint32(16), height: view.getUint32(20) };
    if (type === 'image/gif') return { width: view.getUint16(6, true), height: view.getUint16(8, true) };
    if (type === 'image/bmp') return bmpSize(view);
    if (type === 'image/jpeg') return jpegSize(view);
    if (type === 'image/webp') return webpSize(view);
    if (type === 'image/avif') return avifSize(view);
    return null;
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}

/** The frame header (SOF0 to SOF15, less DHT, JPG and DAC), found by walking the segments (ITU T.81, annex B). */
function jpegSize(view: DataView): Size | null {
  let at = 2;
  while (view.getUint8(at) === 0xff) {
    const marker = view.getUint8(at + 1);
    if (marker === 0xff) {
      at += 1;
      continue;
    }
    if (marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc) {
      return { height: view.getUint16(at + 5), width: view.getUint16(at + 7) };
    }
    at += 2 + view.getUint16(at + 2);
  }
  return null;
}

/** The oldest header has 12 bytes and sizes of 16 bits; a negative height is a picture stored from the top down. */
function bmpSize(view: DataView): Size {
  if (view.getUint32(14, true) === 12) return { width: view.getUint16(18, true), height: view.getUint16(20, true) };
  return { width: Math.abs(view.getInt32(18, true)), height: Math.abs(view.getInt32(22, true)) };
}

const fourCc = (view: DataView, at: number): string => String.fromCharCode(...bytesOf(view, at, 4));
const bytesOf = (view: DataView, at: number, length: number): Uint8Array =>
  new Uint8Array(view.buffer, view.byteOffset + at, length);

/** Sizes in the first chunk: extended (RFC 9649, 2.7), lossless (3.4) or lossy (RFC 6386, 9.1). */
function webpSize(view: DataView): Size | null {
  const kind = fourCc(view, 12);
  if (kind === 'VP8X') {
    const of24 = (at: number) => view.getUint16(at, true) + (view.getUint8(at + 2) << 16) + 1;
    return { width: of24(24), height: of24(27) };
  }
  if (kind === 'VP8L') {
    const bits = view.getUint32(21, true);
    return { width: (bits & 0x3fff) + 1, height: ((bits >>> 14) & 0x3fff) + 1 };
  }
  if (kind === 'VP8 ') return { width: view.getUint16(26, true) & 0x3fff, height: view.getUint16(28, true) & 0x3fff };
  return null;
}

/** The largest of the sizes that image items have (`ispe`, ISO/IEC 23008-12, 6.5.3): tiles have smaller ones. */
function avifSize(view: DataView): Size | null {
  let largest: Size | null = null;
  // Boxes begin where they like: the four letters are looked for.
  for (let at = 4; at + 16 <= Math.min(view.byteLength, AVIF_META_BYTES); at++) {
    if (view.getUint32(at) !== ISPE) continue;
    const size = { width: view.getUint32(at + 8), height: view.getUint32(at + 12) };
    if (!largest || size.width * size.height > largest.width * largest.height) largest = size;
  }
  return largest;
}

const ISPE = 0x69737065;
const AVIF_META_BYTES = 64 * 1024;
