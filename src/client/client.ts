import type { CommandKind, CommandOf, Replies, Response, WorkerEvent } from '../protocol/messages.ts';
import { type Problem, ProblemError } from '../protocol/problems.ts';

interface Waiting {
  resolve(value: Replies[CommandKind]): void;
  reject(error: ProblemError): void;
}

/** What the session needs of a client; a test may stand in for it. */
export interface StudioClient {
  /** Rejects with a `ProblemError`. What is in `transfer` is handed over and no longer the page's. */
  call<K extends CommandKind>(command: CommandOf<K>, transfer?: readonly Transferable[]): Promise<Replies[K]>;
  onEvent(listener: (event: WorkerEvent) => void): void;
}

/** Owns the engine's worker: starts it with the first command, and starts another when it dies. */
export function createClient(makeWorker: () => Worker): StudioClient {
  let worker: Worker | undefined;
  let nextId = 1;
  let listener: (event: WorkerEvent) => void = () => {};
  const waiting = new Map<number, Waiting>();

  function fail(problem: Problem): void {
    worker?.terminate();
    worker = undefined;
    for (const call of waiting.values()) call.reject(new ProblemError(problem.code, problem.values));
    waiting.clear();
  }

  function start(): Worker {
    const made = makeWorker();
    made.onmessage = ({ data }: MessageEvent<Response>) => {
      switch (data.kind) {
        case 'event':
          listener(data.event);
          return;
        case 'reply':
          waiting.get(data.id)?.resolve(data.value);
          break;
        case 'failure':
          waiting.get(data.id)?.reject(new ProblemError(data.problem.code, data.problem.values));
          break;
        default:
          data satisfies never;
          return;
      }
      waiting.delete(data.id);
    };
    made.onerror = (event) => {
      event.preventDefault();
      const problem: Problem = { code: 'internal', severity: 'error', values: { message: event.message ?? '' } };
      fail(problem);
      listener({ kind: 'backend-lost', problem });
    };
    return made;
  }

  return {
    call<K extends CommandKind>(command: CommandOf<K>, transfer: readonly Transferable[] = []) {
      worker ??= start();
      const id = nextId++;
      return new Promise<Replies[K]>((resolve, reject) => {
        waiting.set(id, { resolve: resolve as Waiting['resolve'], reject });
        worker?.postMessage({ id, command }, [...transfer]);
      });
    },
    onEvent(next) {
      listener = next;
    },
  };
}

export const startEngine = (): StudioClient =>
  createClient(() => new Worker(new URL('../worker/main.ts', import.meta.url), { type: 'module', name: 'engine' }));
