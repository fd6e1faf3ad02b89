import { type InsideEvent, type MapEvent, withLook } from '../protocol/inside.ts';
import type { WorkerEvent } from '../protocol/messages.ts';
import type { RunRecords } from './run-records.ts';
import { plot } from './series.ts';
import type { RunRecord, StudioStore } from './store.ts';

/** Pictures shown while files are read. */
const ARRIVED = 60;

const looked = (run: RunRecord, event: InsideEvent | MapEvent): Pick<RunRecord, 'inside' | 'map'> =>
  event.kind === 'inside'
    ? { inside: withLook(run.inside, event.shape, event.look) }
    : { map: withLook(run.map, event.shape, event.look) };

/** What the worker tells of itself, into the store. */
export function createEventHandler({ getState, setState }: StudioStore, records: RunRecords) {
  return (event: WorkerEvent): void => {
    switch (event.kind) {
      case 'progress': {
        const { kind: _, ...progress } = event;
        setState((state) => ({ progress: { ...state.progress, [event.task]: progress } }));
        return;
      }
      case 'arrived':
        setState(({ arrived, arrivals }) => {
          const next = [...arrived];
          event.pictures.forEach((picture, i) => {
            next[(arrivals + i) % ARRIVED] = picture;
          });
          return { arrived: next, arrivals: arrivals + event.pictures.length };
        });
        return;
      case 'keeping':
        setState({ keep: event.keep });
        return;
      case 'metrics':
        for (const id of new Set(event.points.map((point) => point.run))) {
          const run = getState().runs[id];
          if (!run) continue;
          const own = event.points.filter((point) => point.run === id);
          records.patch(id, plot(run, own));
        }
        return;
      case 'designed': {
        const settings = getState().runs[event.run]?.settings;
        if (settings) records.patch(event.run, { settings: { ...settings, task: event.task } });
        return;
      }
      case 'sample':
        setState(({ runs }) => {
          const run = runs[event.sample.run];
          return run ? { runs: { ...runs, [run.id]: { ...run, samples: [...run.samples, event.sample] } } } : {};
        });
        return;
      case 'inside':
      case 'map':
        setState(({ runs }) => {
          const run = runs[event.look.run];
          return run ? { runs: { ...runs, [run.id]: { ...run, ...looked(run, event) } } } : {};
        });
        return;
      case 'matrix':
        records.patch(event.run, { matrix: event.matrix });
        return;
      case 'generated':
        setState(({ generated }) => ({ generated: { ...generated, [event.stream]: event.text } }));
        return;
      case 'mark':
        setState(({ runs }) => {
          const run = runs[event.mark.run];
          return run ? { runs: { ...runs, [run.id]: { ...run, marks: [...run.marks, event.mark] } } } : {};
        });
        return;
      case 'run-status':
        records.patch(event.status.run, { status: event.status });
        return;
      case 'backend':
        setState({ backend: event.backend });
        return;
      case 'backend-lost':
        setState(({ problems }) => ({ problems: { ...problems, backend: event.problem } }));
        return;
      default:
        event satisfies never;
    }
  };
}
