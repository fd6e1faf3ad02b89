import type { RunChange, RunControl } from '../protocol/run.ts';

/** What the page last asked of a run. The training loop looks at it between two steps, and waits here while paused. */
export class Control {
  paused = false;
  /** Ends the run after the present step. */
  stop: 'keep' | 'discard' | 'lost' | undefined;
  /** Asked for and not done yet. */
  validate = false;
  /** Asked for, oldest first, and not made yet. */
  readonly changes: RunChange[] = [];
  /** Asked for and not kept yet. */
  checkpoint = false;
  /** Back to the best weights, before the next step. */
  returns = false;
  private steps = 0;
  private wake: (() => void) | undefined;

  apply(control: RunControl): void {
    switch (control.kind) {
      case 'pause':
        this.paused = true;
        break;
      case 'resume':
        this.paused = false;
        break;
      case 'change':
        this.changes.push(control.change);
        break;
      case 'checkpoint':
        this.checkpoint = true;
        break;
      case 'return-to-best':
        this.returns = true;
        break;
      case 'one-step':
        this.steps++;
        break;
      case 'validate':
        this.validate = true;
        break;
      case 'stop-keep':
        this.stop = 'keep';
        break;
      case 'stop-discard':
        this.stop = 'discard';
        break;
      default:
        control satisfies never;
    }
    this.wake?.();
  }

  /** The device went away: nothing that is on it can be read. */
  lose(): void {
    this.stop = 'lost';
    this.wake?.();
  }

  /** True where the loop must wait for the page. */
  get waits(): boolean {
    return this.paused && this.steps === 0 && !this.stop && !this.validate;
  }

  /** Uses up one asked-for step. */
  takeStep(): void {
    if (this.steps > 0) this.steps--;
  }

  /** Resolves at the next control. */
  changed(): Promise<void> {
    return new Promise((resolve) => {
      this.wake = () => {
        this.wake = undefined;
        resolve();
      };
    });
  }
}
