import { OpenedImages, type Picture } from '../../data/image-dataset.ts';
import type { KeepState } from '../../protocol/project.ts';
import { emptyStatus } from '../../protocol/run.ts';
import { defaultSettings } from '../../protocol/settings.ts';
import { openDatabase } from '../database.ts';
import { type Disk, originDisk } from '../disk.ts';
import { Keeper } from '../keeper.ts';
import { Library } from '../library.ts';
import type { RunRecord } from '../records.ts';

/** For the test beside it: synchronous handles exist in workers only. */

const COUNT = 300;
const bytesOf = (id: number) => Uint8Array.from({ length: 200 + id }, (_, i) => (id + i) % 251);

function dataset(id: string): OpenedImages {
  const examples = Array.from({ length: COUNT }, (_, i) => ({
    path: `${i % 3}/${i}.png`,
    blob: new Blob([bytesOf(i)], { type: 'image/png' }),
    thumbnail: new Blob([bytesOf(1000 + i)], { type: 'image/webp' }),
    width: 20,
    height: 10 + i,
    fingerprint: { file: `${i}`, hash: Uint32Array.of(i, 1), luma: new Uint8Array(1024), colour: new Uint8Array(192) },
  }));
  const state = {
    kind: 'image' as const,
    id,
    name: 'planted',
    classes: ['a', 'b', 'c'],
    labels: Int32Array.from(examples, (_, i) => i % 3),
    excluded: new Uint8Array(COUNT),
    splits: new Int8Array(0),
    groups: [],
    split: { validation: 0.2, test: 0.2, seed: 1 },
    problems: [],
    filesRead: COUNT,
    readMs: 1,
  };
  return new OpenedImages(state, examples);
}

/** A disk whose writes go wrong once `fails` says so: before anything is written, or when all is, as in a crash. */
async function faulty(fails: (name: string) => 'full' | 'crash' | undefined): Promise<Disk> {
  const disk = await originDisk('planted');
  return {
    ...disk,
    async folder(project) {
      const folder = await disk.folder(project);
      return {
        ...folder,
        async write(name, parts) {
          const how = fails(name);
          if (how === 'full') throw new DOMException('full', 'QuotaExceededError');
          const file = await folder.write(name, parts);
          if (how === 'crash') throw new Error('the tab was closed here');
          return file;
        },
      };
    },
  };
}

const libraryOn = async (disk: Disk) => new Library(await openDatabase('planted'), disk);
const head = (id: string) => ({ id, name: 'planted', kind: 'image' as const, examples: COUNT, classes: 3, cover: [] });

/** Keeps a data set until the keeper has nothing more to do. */
async function keep(library: Library, data: OpenedImages) {
  const states: KeepState[] = [];
  const keeper = await new Promise<Keeper>((resolve) => {
    const made: Keeper = new Keeper({
      dataset: data,
      open: () => library.create(head(data.id)),
      tell(keep) {
        states.push(keep);
        if (keep.state !== 'saving') setTimeout(() => resolve(made));
      },
    });
  });
  return { keeper, states };
}

async function reopened(library: Library, id: string) {
  const project = await library.open(id);
  const found = (await project.dataset())!;
  const same = await Promise.all(
    (found.pieces as readonly unknown[] as readonly Picture[]).map(
      async ({ blob, thumbnail, path, height, fingerprint }, i) => {
        const equal = async (one: Blob, wanted: Uint8Array) =>
          String(new Uint8Array(await one.arrayBuffer())) === String(wanted);
        const pictures = (await equal(blob, bytesOf(i))) && (await equal(thumbnail, bytesOf(1000 + i)));
        return (
          pictures &&
          blob.type === 'image/png' &&
          path === `${i % 3}/${i}.png` &&
          height === 10 + i &&
          fingerprint.hash[0] === i
        );
      },
    ),
  );
  const files = await (await (await originDisk('planted')).folder(id)).names();
  return { project, found, kept: same.length, same: same.every(Boolean), files: files.length };
}

/** The second segment is on the disk, and its record is not. */
async function crashInPictures() {
  const id = crypto.randomUUID();
  let pictures = 0;
  const library = await libraryOn(await faulty(() => (++pictures === 2 ? 'crash' : undefined)));
  const { keeper, states } = await keep(library, dataset(id));
  await keeper.close();
  const after = await libraryOn(await faulty(() => undefined));
  const { project, kept, same, files, found } = await reopened(after, id);
  project.close();
  await after.sweep();
  const swept = (await reopened(after, id)).files;
  await after.list();
  return { code: states.at(-1)?.problem?.code, kept, same, of: found.state.labels.length, files, swept };
}

/** A newer checkpoint is on the disk, and the run's record is not. */
async function crashInCheckpoint() {
  const id = crypto.randomUUID();
  let crash = false;
  const library = await libraryOn(await faulty((name) => (crash && /^checkpoint/.test(name) ? 'crash' : undefined)));
  const project = await library.create(head(id));
  await project.saveState(dataset(id).state, undefined);
  const tensors = (value: number) => ({
    weights: new Map([['fc.weight', Float32Array.of(value, 1 / 3)]]),
    slots: new Map([['fc.weight/m', Float32Array.of(-value)]]),
  });
  const record = {
    project: id,
    id: 'r',
    place: { number: 1 },
    settings: defaultSettings(),
    status: emptyStatus('r', 1, 'wasm'),
  } as unknown as RunRecord;
  const at = (step: number) => ({ step, epoch: step, seed: 1, seconds: 1, stopping: { best: undefined, wait: 0 } });
  await project.saveRun({ ...record, last: { ...(await project.writeTensors(tensors(5))), ...at(1) } });
  crash = true;
  await project.writeTensors(tensors(6)).catch(() => {});
  project.close();
  const after = await libraryOn(await faulty(() => undefined));
  await after.sweep();
  const again = await after.open(id);
  const { last } = (await again.run('r'))!;
  const read = await again.readTensors(last!.file);
  // a whole one replaces it, and its file goes
  await again.runs();
  await again.saveRun({ ...record, last: { ...(await again.writeTensors(tensors(7))), ...at(2) } });
  const files = await (await (await originDisk('planted')).folder(id)).names();
  const newest = await again.readTensors((await again.run('r'))!.last!.file);
  return {
    step: last?.step,
    weights: [...read.weights],
    slots: [...read.slots],
    files: files.length,
    newest: newest.weights.get('fc.weight')![0],
  };
}

/** No room for the second segment; later there is. */
async function full() {
  const id = crypto.randomUUID();
  let room = 1;
  const library = await libraryOn(await faulty(() => (room-- > 0 ? undefined : 'full')));
  const data = dataset(id);
  const { keeper, states } = await keep(library, data);
  const told = states.at(-1)!;
  const inMemory = (await data.blob(COUNT - 1).arrayBuffer()).byteLength;
  room = 100;
  keeper.retry();
  while (states.at(-1)?.state !== 'kept') await new Promise((resolve) => setTimeout(resolve, 20));
  const moved = new Uint8Array(await data.blob(COUNT - 1).arrayBuffer());
  await keeper.close();
  const { kept, same } = await reopened(library, id);
  return {
    code: told.problem?.code,
    available: typeof told.problem?.values.availableBytes,
    done: told.done,
    inMemory,
    moved: String(moved) === String(bytesOf(COUNT - 1)),
    last: states.at(-1)?.state,
    kept,
    same,
  };
}

const WORK = { crashInPictures, crashInCheckpoint, full };
export type Work = keyof typeof WORK;

self.onmessage = async ({ data }: MessageEvent<Work>) => {
  try {
    self.postMessage(await WORK[data]());
  } catch (error) {
    self.postMessage(error instanceof Error ? error.stack : String(error));
  }
};
