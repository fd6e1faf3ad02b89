import type { Piece } from '../data/opened-dataset.ts';
import type { Folder } from './disk.ts';
import type { SegmentRecord } from './records.ts';

/** A segment is full at so many pieces or bytes: what a crash while it is written costs, at most. */
const MOST = { pieces: 128, bytes: 32 * 2 ** 20 };
/** Pieces whose bytes are fetched together: while a run goes on, each fetch waits for one of its steps. */
const GROUP = 64;

type Bytes = Pick<Piece, 'blob' | 'thumbnail'>;

/** How many of these pieces go into the next segment. */
export function segmentLength(pieces: readonly Bytes[]): number {
  let bytes = 0;
  let count = 0;
  for (const { blob, thumbnail } of pieces) {
    bytes += blob.size + thumbnail.size;
    if (count > 0 && (count >= MOST.pieces || bytes > MOST.bytes)) break;
    count++;
  }
  return count;
}

/** Writes pieces, each with its thumbnail, one behind the other into a new file, and gives the record that will point to them. */
export async function writeSegment(
  folder: Folder,
  { project, from, pieces }: { project: string; from: number; pieces: readonly Piece[] },
): Promise<{ record: SegmentRecord; moved: Piece[]; bytes: number }> {
  const file = `pieces-${from}-${crypto.randomUUID()}`;
  const offsets = new Float64Array(2 * pieces.length + 1);
  async function* parts() {
    let place = 0;
    for (let i = 0; i < pieces.length; i += GROUP) {
      const blobs = pieces.slice(i, i + GROUP).flatMap(({ blob, thumbnail }) => [blob, thumbnail]);
      for (const bytes of await Promise.all(blobs.map(bytesOf))) {
        offsets[place + 1] = offsets[place]! + bytes.byteLength;
        place++;
        yield bytes;
      }
    }
  }
  const written = await folder.write(file, parts());
  const rows = pieces.map(({ blob: _, thumbnail: __, ...row }) => row);
  const types = pieces.flatMap(({ blob, thumbnail }) => [blob.type, thumbnail.type]);
  const record = { project, from, file, rows, offsets, types };
  return { record, moved: piecesOf(record, written), bytes: offsets.at(-1)! };
}

/** One whose file was moved or deleted meanwhile is kept as an empty one: it cannot be read in this tab either. */
async function bytesOf(blob: Blob): Promise<Uint8Array> {
  try {
    return new Uint8Array(await blob.arrayBuffer());
  } catch (error) {
    if (error instanceof DOMException && ['NotReadableError', 'NotFoundError'].includes(error.name))
      return new Uint8Array();
    throw error;
  }
}

/**
 * The segment's pieces as slices of its file: nothing is read until it is asked for, and no slice is made before, which
 * the browser's process would have to be told of one by one.
 */
function piecesOf({ rows, offsets, types }: SegmentRecord, file: File): Piece[] {
  const slice = (place: number) => file.slice(offsets[place], offsets[place + 1], types[place]);
  return rows.map((row, i) => ({
    ...row,
    get blob() {
      return slice(2 * i);
    },
    get thumbnail() {
      return slice(2 * i + 1);
    },
  }));
}

/** The pieces of the segments, in order, up to the first whose file is not whole. */
export async function readSegments(folder: Folder, records: readonly SegmentRecord[]): Promise<Piece[]> {
  const files = await Promise.all(records.map(({ file }) => folder.open(file).catch(() => undefined)));
  const pieces: Piece[] = [];
  for (const [i, record] of records.entries()) {
    const file = files[i];
    if (!file || record.from !== pieces.length || file.size < record.offsets.at(-1)!) break;
    pieces.push(...piecesOf(record, file));
  }
  return pieces;
}
