import { strFromU8 } from 'fflate';

/** What the central directory at the end of a zip says (APPNOTE 4.3.12); it is not there in one that was cut. */
export interface ZipDirectory {
  /** Names of encrypted entries, in the spelling of the local headers as fflate reads them. */
  encrypted: ReadonlySet<string>;
  /** Of all entries, in that spelling too. */
  names: readonly string[];
}

const END = 0x06054b50;
const ENTRY = 0x02014b50;
/** Fixed part of the end record; at most 65,535 bytes of comment follow it. */
const END_BYTES = 22;
/** Directories of 50,000 entries with long names stay below. */
const MOST_BYTES = 32 * 2 ** 20;

/** Null where the end record is missing. */
export async function readDirectory(archive: Blob): Promise<ZipDirectory | null> {
  const from = Math.max(0, archive.size - END_BYTES - 65_535);
  const tail = await viewOf(archive.slice(from));
  for (let i = tail.byteLength - END_BYTES; i >= 0; i--) {
    if (tail.getUint32(i, true) !== END) continue;
    const bytes = tail.getUint32(i + 12, true);
    // The directory ends where the end record begins, whatever was put before the archive.
    const start = Math.max(0, from + i - Math.min(bytes, MOST_BYTES));
    return entriesOf(await viewOf(archive.slice(start, from + i)));
  }
  return null;
}

const viewOf = async (blob: Blob): Promise<DataView> => new DataView(await blob.arrayBuffer());

function entriesOf(view: DataView): ZipDirectory {
  const encrypted = new Set<string>();
  const names: string[] = [];
  for (let at = 0; at + 46 <= view.byteLength && view.getUint32(at, true) === ENTRY; ) {
    const flags = view.getUint16(at + 8, true);
    const length = view.getUint16(at + 28, true);
    const bytes = new Uint8Array(view.buffer, view.byteOffset + at + 46, Math.min(length, view.byteLength - at - 46));
    const name = strFromU8(bytes, (flags & 0x800) === 0);
    names.push(name);
    if (flags & 1) encrypted.add(name);
    at += 46 + length + view.getUint16(at + 30, true) + view.getUint16(at + 32, true);
  }
  return { encrypted, names };
}
