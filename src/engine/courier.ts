import type { WorkerEvent } from '../protocol/messages.ts';
import type { RunStatus, StepMetrics } from '../protocol/run.ts';

/** At most so often does the page hear of a run that goes on. */
const INTERVAL_MS = 100;

/** Gathers a run's points and states, and sends them about ten times a second; a new phase goes out at once. */
export class Courier {
  private readonly emit: (event: WorkerEvent) => void;
  private points: StepMetrics[] = [];
  private waiting: RunStatus | undefined;
  private sentPhase: RunStatus['phase'] | undefined;
  private sentAt = Number.NEGATIVE_INFINITY;

  constructor(emit: (event: WorkerEvent) => void) {
    this.emit = emit;
  }

  point(point: StepMetrics): void {
    this.points.push(point);
    this.sendWhenDue();
  }

  status(status: RunStatus): void {
    this.waiting = status;
    // a run that is paused may have nothing more to say for long
    if (status.phase !== this.sentPhase || status.phase === 'paused') this.flush();
    else this.sendWhenDue();
  }

  private sendWhenDue(): void {
    if (performance.now() - this.sentAt >= INTERVAL_MS) this.flush();
  }

  flush(): void {
    this.sentAt = performance.now();
    if (this.points.length > 0) this.emit({ kind: 'metrics', points: this.points });
    this.points = [];
    if (!this.waiting) return;
    this.sentPhase = this.waiting.phase;
    this.emit({ kind: 'run-status', status: this.waiting });
    this.waiting = undefined;
  }
}
