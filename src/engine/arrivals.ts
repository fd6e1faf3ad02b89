import type { WorkerEvent } from '../protocol/messages.ts';

/** At most so often, and so many pictures at once, does the page hear of what is read. */
const INTERVAL_MS = 100;
const AT_ONCE = 12;

type Picture = Extract<WorkerEvent, { kind: 'arrived' }>['pictures'][number];

/** Shows the page pictures while the rest is read: the first at once, then the latest few. */
export class Arrivals {
  private readonly emit: (event: WorkerEvent) => void;
  private waiting: Picture[] = [];
  private sentAt = Number.NEGATIVE_INFINITY;

  constructor(emit: (event: WorkerEvent) => void) {
    this.emit = emit;
  }

  add(picture: Picture): void {
    this.waiting.push(picture);
    if (this.waiting.length > AT_ONCE) this.waiting.shift();
    if (performance.now() - this.sentAt < INTERVAL_MS) return;
    this.sentAt = performance.now();
    this.emit({ kind: 'arrived', pictures: this.waiting });
    this.waiting = [];
  }
}
