import { type Abstract, product } from '../shapes.ts';

/** Memory that one or several values share; it is free once none of them holds it. */
export interface Buffer {
  readonly bytes: number;
  holders: number;
}

/** A value of which only shape, type and place are known. */
export interface Held extends Abstract {
  readonly buffer: Buffer;
}

const WIDTH = { float32: 4, int32: 4, bool: 1 } as const;

export const bytesOf = (x: Abstract): number => WIDTH[x.dtype] * Number(product(x.shape));

/** What is held at a time, and the most that ever was: allocation as a backend does it, without a backend. */
export class Ledger {
  now = 0;
  most = 0;

  take(bytes: number): Buffer {
    this.now += bytes;
    this.note();
    return { bytes, holders: 1 };
  }

  hold(buffer: Buffer): Buffer {
    buffer.holders++;
    return buffer;
  }

  drop(buffer: Buffer): void {
    if (--buffer.holders === 0) this.now -= buffer.bytes;
  }

  /** So much more was held for a moment. */
  note(more = 0): void {
    this.most = Math.max(this.most, this.now + more);
  }
}
