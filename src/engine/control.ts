import type { RunControl } from '../protocol/control.ts';
import type { Problem } from '../protocol/problems.ts';
import type { StepProfiler } from './step-profiler.ts';

/** What is done between two steps. */
type Request = Extract<RunControl, { kind: 'change' | 'checkpoint' | 'return-to-best' | 'validate' }>;

/** What the page last asked of a run. The training loop looks at it between two steps, and waits here while paused. */
export class Control {
  paused = false;
  /** Steps a second at most; 0 is as fast as it goes. */
  pace = 0;
  /** Ends the run after the present step. */
  stop: 'keep' | 'discard' | 'lost' | undefined;
  /** What took the device. */
  lostBy: Problem | undefined;
  /** Asked for, oldest first, and not done yet. */
  readonly requests: Request[] = [];
  /** Looks at the next steps, since somebody asked. */
  profiler: StepProfiler | undefined;
  private steps = 0;
  private wake: (() => void) | undefined;

  constructor(pace = 0) {
    this.keep(pace);
  }

  private keep(stepsPerSecond: number): void {
    this.pace = Number.isFinite(stepsPerSecond) ? Math.max(0, stepsPerSecond) : 0;
  }

  apply(control: RunControl): void {
    switch (control.kind) {
      case 'pause':
        this.paused = true;
        break;
      case 'resume':
        this.paused = false;
        break;
      case 'one-step':
        this.steps++;
        break;
      case 'pace':
        this.keep(control.stepsPerSecond);
        break;
      case 'change':
      case 'checkpoint':
      case 'return-to-best':
      case 'validate':
        this.requests.push(control);
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
  lose(problem?: Problem): void {
    this.stop = 'lost';
    this.lostBy ??= problem;
    this.wake?.();
  }

  /** True where the loop must wait for the page. */
  get waits(): boolean {
    return this.paused && this.steps === 0 && !this.stop;
  }

  /** Uses up one asked-for step. */
  takeStep(): void {
    if (this.steps > 0) this.steps--;
  }

  /** Milliseconds until the next step may begin, where the last one began at `began`. Single steps are not held up. */
  early(began: number, now: number): number {
    return this.pace > 0 && !this.paused ? Math.max(0, began + 1000 / this.pace - now) : 0;
  }

  /** Resolves at the next control, or when so many milliseconds are over. */
  changed(within?: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = within === undefined ? undefined : setTimeout(() => this.wake?.(), within);
      this.wake = () => {
        clearTimeout(timer);
        this.wake = undefined;
        resolve();
      };
    });
  }
}
