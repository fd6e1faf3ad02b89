import { aligned, principalPlane } from '../../lib/pca.ts';
import { seedOf, shuffled } from '../../lib/random.ts';
import type { MapLook, MapShape } from '../../protocol/inside.ts';
import type { ExampleSource } from '../../tasks/engine.ts';

/** Points that can still be told apart, and a plane that is found in some hundredths of a second. */
const MOST = 200;

/** The validation examples of a run's map, drawn by its seed, in the order of their ids. */
export function mapShape(source: ExampleSource, validation: readonly number[], seed: number): MapShape {
  const drawn = [...shuffled(validation.length, seedOf(seed, 0, 'map'))].slice(0, MOST).map((i) => validation[i]!);
  const ids = Int32Array.from(drawn).sort();
  return { ids, labels: Int32Array.from(ids, (id) => source.label(id)) };
}

/** What the head reads of a map's examples, as batches of them come by. */
export class Embeddings {
  private readonly places: ReadonlyMap<number, number>;
  private width = 0;
  private data = new Float32Array(0);
  private waiting: Promise<void>[] = [];
  /** Examples that came by since the last look. */
  private seen = 0;

  constructor({ ids }: MapShape) {
    this.places = new Map([...ids].map((id, place) => [id, place]));
  }

  /** `rows` resolves to one row of `width` numbers an example; nothing waits for it yet. */
  take(ids: readonly number[], width: number, rows: Promise<Float32Array>): void {
    if (this.width !== width) {
      this.width = width;
      this.data = new Float32Array(this.places.size * width);
    }
    const taken = rows.then((values) => {
      ids.forEach((id, row) => {
        const place = this.places.get(id);
        if (place === undefined) return;
        this.data.set(values.subarray(row * width, (row + 1) * width), place * width);
        this.seen++;
      });
    });
    // awaited in `plane`, or never where the run ends before
    taken.catch(() => {});
    this.waiting.push(taken);
  }

  /**
   * The plane that shows most of how they differ now, turned to lie as near as can be to the look before: so points move as
   * the embedding does, and not because an axis was found the other way round. Undefined where examples are missing.
   */
  async plane(before: MapLook | undefined): Promise<Pick<MapLook, 'points' | 'variance'> | undefined> {
    await Promise.all(this.waiting.splice(0));
    const whole = this.seen === this.places.size;
    this.seen = 0;
    if (!whole) return undefined;
    const { points, variance } = principalPlane(this.data, this.places.size, this.width);
    return { points: Float32Array.from(before ? aligned(points, before.points) : points), variance };
  }
}
