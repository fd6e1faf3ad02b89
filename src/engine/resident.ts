import type { DeviceBatch } from '../nn/batch.ts';
import { type PictureTable, pictureTable, pictureTableBytes } from '../nn/picture-table.ts';
import type { BackendInfo } from '../protocol/backend.ts';
import type { ExampleSource } from '../tasks/engine.ts';
import { placeOf } from './place.ts';

/** Pictures that stay on the device once a batch has asked for them: a later one writes where they lie, and nothing else. */
export class Resident {
  private readonly pictures: NonNullable<ExampleSource['pictures']>;
  private readonly table: PictureTable;
  private readonly rows = new Map<number, number>();

  constructor(pictures: NonNullable<ExampleSource['pictures']>, table: PictureTable) {
    this.pictures = pictures;
    this.table = table;
  }

  get bytes(): number {
    return this.table.bytes;
  }

  /** What `ExampleSource.inputs` gives, bit for bit. */
  async inputs(ids: readonly number[]): Promise<DeviceBatch> {
    const missing = ids.filter((id) => !this.rows.has(id));
    const read = await Promise.all(missing.map((id) => this.pictures.pixels(id)));
    for (const [i, id] of missing.entries()) {
      // somebody else may have asked for it meanwhile
      if (this.rows.has(id)) continue;
      this.table.write(this.rows.size, read[i]!);
      this.rows.set(id, this.rows.size);
    }
    const rows = Int32Array.from(ids, (id) => this.rows.get(id)!);
    return { [this.pictures.value]: () => this.table.take(rows) };
  }

  dispose(): void {
    this.table.dispose();
  }
}

/**
 * Room for so many examples of a source, still empty. Undefined where they are no pictures, are more than may stay on the
 * device beside what is kept there already, or where the device has no room, or no memory apart from this one.
 */
export async function residentOf(
  { pictures }: ExampleSource,
  count: number,
  backend: BackendInfo,
  beside: number,
): Promise<Resident | undefined> {
  if (!pictures || placeOf(pictureTableBytes(count, pictures), backend, beside) === 'disk') return undefined;
  const table = await pictureTable(count, pictures);
  return table && new Resident(pictures, table);
}
