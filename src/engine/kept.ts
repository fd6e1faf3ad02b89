import type { AnyOpened } from '../data/open.ts';
import type { Piece } from '../data/opened-dataset.ts';
import type { RunPlace } from '../protocol/project.ts';
import type { ProjectRecord } from '../storage/records.ts';
import type { KeptSource } from '../storage/run-keeper.ts';
import type { Run } from './runs.ts';

/** Thumbnails that stand for a project. */
const COVER = 4;

/** What a project is listed by, while its data set is still being written. */
export async function headOf(
  dataset: AnyOpened,
): Promise<Pick<ProjectRecord, 'id' | 'name' | 'kind' | 'examples' | 'classes' | 'cover'>> {
  const { id, kind, state, length } = dataset;
  const cover = await coverOf(dataset.pieces);
  return { id, name: state.name, kind, examples: length, classes: state.classes.length, cover };
}

/** Spread over the data set, whose pictures lie class by class. */
function coverOf(pieces: readonly Piece[]): Promise<ProjectRecord['cover']> {
  const shown = pieces.filter(({ thumbnail }) => thumbnail.size > 0);
  const count = Math.min(COVER, shown.length);
  const picked = Array.from({ length: count }, (_, i) => shown[Math.floor(((i + 0.5) * shown.length) / count)]!);
  return Promise.all(
    picked.map(async ({ thumbnail }) => ({
      type: thumbnail.type,
      bytes: new Uint8Array(await thumbnail.arrayBuffer()),
    })),
  );
}

/** What is written of a run, as it stands whenever that is asked. */
export function sourceOf(run: Run, place: () => RunPlace): KeptSource {
  const { data, model } = run;
  const view = data?.dataset;
  return {
    record: () => ({
      id: run.id,
      place: place(),
      modelName: model.summary.name,
      datasetName: view?.name ?? model.summary.name,
      classes: run.classes,
      settings: run.settings,
      samples: run.samples,
      ...(run.inside ? { inside: run.inside } : {}),
      ...(run.map ? { map: run.map } : {}),
      matrix: run.matrix,
      marks: run.marks,
      status: run.status,
      device: run.device,
      model: model.summary.ref,
      sha256: model.origin.sha256,
      imported: run.imported !== undefined,
    }),
    snapshot: data && {
      ...data.dataset.state,
      ids: {
        train: Int32Array.from(data.ids.train),
        validation: Int32Array.from(data.ids.validation),
        test: Int32Array.from(data.ids.test),
      },
    },
    get last() {
      return run.last;
    },
    get best() {
      return run.best;
    },
    get asked() {
      return run.asked;
    },
  };
}
