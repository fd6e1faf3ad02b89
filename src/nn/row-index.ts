/** Where rows of different lengths lie, one after the other and without padding. */
export class RowIndex {
  private readonly starts: number[] = [];
  private readonly lengths: number[] = [];
  /** Entries of all rows together. */
  entries = 0;

  add(lengths: readonly number[]): void {
    for (const length of lengths) {
      this.starts.push(this.entries);
      this.lengths.push(length);
      this.entries += length;
    }
  }

  start(row: number): number {
    return this.starts[row]!;
  }
  length(row: number): number {
    return this.lengths[row]!;
  }
  longest(rows: Int32Array): number {
    return rows.reduce((longest, row) => Math.max(longest, this.lengths[row]!), 0);
  }

  /** Which entry is at each place of the rows padded to `width`: [rows, width], `hole` behind a row's end. */
  padded(rows: Int32Array, width: number, hole: number): Int32Array {
    const entries = new Int32Array(rows.length * width).fill(hole);
    rows.forEach((row, i) => {
      for (let place = 0; place < this.length(row); place++) entries[i * width + place] = this.start(row) + place;
    });
    return entries;
  }
}

/** Which places of rows that are padded to `width` are no padding. */
export const ownPlaces = (lengths: readonly number[], width: number): Int32Array =>
  Int32Array.from(lengths.flatMap((length, row) => Array.from({ length }, (_, place) => row * width + place)));
