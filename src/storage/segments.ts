import type { Example } from '../data/image-dataset.ts';
import type { Folder } from './disk.ts';
import type { SegmentRecord } from './records.ts';

/** A segment is full at so many pictures or bytes: what a crash while it is written costs, at most. */
const MOST = { pictures: 128, bytes: 32 * 2 ** 20 };
/** Pictures whose bytes are fetched together: while a run goes on, each fetch waits for one of its steps. */
const GROUP = 64;

type Bytes = Pick<Example, 'blob' | 'thumbnail'>;

/** How many of these pictures go into the next segment. */
export function segmentLength(examples: readonly Bytes[]): number {
  let bytes = 0;
  let count = 0;
  for (const { blob, thumbnail } of examples) {
    bytes += blob.size + thumbnail.size;
    if (count > 0 && (count >= MOST.pictures || bytes > MOST.bytes)) break;
    count++;
  }
  return count;
}

/** Writes pictures and thumbnails one behind the other into a new file, and gives the record that will point to them. */
export async function writeSegment(
  folder: Folder,
  { project, from, examples }: { project: string; from: number; examples: readonly Example[] },
): Promise<{ record: SegmentRecord; moved: Example[]; bytes: number }> {
  const file = `pictures-${from}-${crypto.randomUUID()}`;
  const offsets = new Float64Array(2 * examples.length + 1);
  async function* parts() {
    let place = 0;
    for (let i = 0; i < examples.length; i += GROUP) {
      const blobs = examples.slice(i, i + GROUP).flatMap(({ blob, thumbnail }) => [blob, thumbnail]);
      for (const bytes of await Promise.all(blobs.map(bytesOf))) {
        offsets[place + 1] = offsets[place]! + bytes.byteLength;
        place++;
        yield bytes;
      }
    }
  }
  const written = await folder.write(file, parts());
  const rows = examples.map(({ blob: _, thumbnail: __, ...row }) => row);
  const types = examples.flatMap(({ blob, thumbnail }) => [blob.type, thumbnail.type]);
  const record = { project, from, file, rows, offsets, types };
  return { record, moved: examplesOf(record, written), bytes: offsets.at(-1)! };
}

/** A picture whose file was moved or deleted meanwhile is kept as an empty one: it cannot be read in this tab either. */
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
 * The segment's pictures as slices of its file: nothing is read until it is asked for, and no slice is made before, which
 * the browser's process would have to be told of one by one.
 */
function examplesOf({ rows, offsets, types }: SegmentRecord, file: File): Example[] {
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

/** The examples of the segments, in order, up to the first whose file is not whole. */
export async function readSegments(folder: Folder, records: readonly SegmentRecord[]): Promise<Example[]> {
  const files = await Promise.all(records.map(({ file }) => folder.open(file).catch(() => undefined)));
  const examples: Example[] = [];
  for (const [i, record] of records.entries()) {
    const file = files[i];
    if (!file || record.from !== examples.length || file.size < record.offsets.at(-1)!) break;
    examples.push(...examplesOf(record, file));
  }
  return examples;
}
