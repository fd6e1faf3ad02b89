import { type AnyOpened, openDataset } from '../data/open.ts';
import { wholeText } from '../data/text/messages.ts';
import { seedOf, shuffled } from '../lib/random.ts';
import { shippedModel } from '../models/metas.ts';
import { DEFAULT_SPLIT, NONE } from '../protocol/dataset.ts';
import type { CommandOf } from '../protocol/messages.ts';
import type { OwnProbes, ProbeKind } from '../protocol/model.ts';
import { ownProbeKind } from '../protocol/own-probes.ts';
import { ProblemError } from '../protocol/problems.ts';
import type { RunSettings } from '../protocol/run.ts';
import { inputOf } from '../tasks/processor.ts';
import type { LoadedModel } from './model.ts';
import { type Probes, pictureBatches, sentences, windows } from './old-task-probes.ts';
import type { Run } from './runs.ts';
import type { Studio } from './studio.ts';

/** Probes at most: about as many as those that come with a model. */
export const MOST_PROBES = 200;
/** Windows of text at most. */
const MOST_WINDOWS = 100;
/** Characters that are read of one text, in UTF-16 units. */
const MOST_CHARACTERS = 32_768;
/** Of prepared pictures; the drawn ones are few. */
const CACHE_BYTES = 32 * 2 ** 20;

/**
 * Reads a data set to score the old task of a model by, and keeps it beside the open one. Throws `no-dataset`,
 * `probes-unfit`, `probes-few`, and what `openDataset` throws.
 */
export async function openProbes(
  studio: Studio,
  { files, model: ref }: Pick<CommandOf<'open-probes'>, 'files' | 'model'>,
): Promise<OwnProbes> {
  const of = studio.opened().id;
  const model = await studio.model(ref);
  const data = await openDataset(files, {
    id: crypto.randomUUID(),
    split: DEFAULT_SPLIT,
    cacheBytes: CACHE_BYTES,
    onProgress: () => {},
  });
  return takeProbes(studio, of, data, model);
}

/** A data set that was read. Throws `probes-unfit`, `probes-few`. */
export function takeProbes(studio: Studio, of: string, data: AnyOpened, model: LoadedModel): OwnProbes {
  const summary = summaryOf(of, data);
  const kind = kindFor(summary, model);
  if (!kind) throw new ProblemError('probes-unfit', { model: model.summary.name, data: data.kind });
  if (ownProbes(data, kind, model, 0).count < 2) throw new ProblemError('probes-few', { name: summary.name });
  studio.own = { of, data };
  return summary;
}

/** What a run takes along of them; nothing where they are of no use to it. */
export function ownProbesOf(
  { own, dataset }: Pick<Studio, 'own' | 'dataset'>,
  model: LoadedModel,
  { oldTask, start }: Pick<RunSettings, 'oldTask' | 'start'>,
): { run: Pick<Run, 'probes'>; status: Pick<Run['status'], 'probes'> } | undefined {
  if (!own || own.of !== dataset?.id || !oldTask.watch || start === 'scratch') return undefined;
  const { name, ...probes } = summaryOf(own.of, own.data);
  const kind = kindFor(probes, model);
  return kind && { run: { probes: own.data }, status: { probes: { name, kind } } };
}

const kindFor = (probes: Pick<OwnProbes, 'data' | 'labels'>, { summary }: LoadedModel): ProbeKind | undefined =>
  ownProbeKind(probes, summary.ref.kind === 'shipped' ? shippedModel(summary.ref.id) : undefined, summary);

function summaryOf(of: string, { kind, length, state }: AnyOpened): OwnProbes {
  const { name, classes, labels } = state;
  return { of, name, data: kind, count: length, labels: labels.includes(NONE) ? [] : classes };
}

/** Probes drawn from a person's data by the seed, each class by its share; the first so many are too. */
export function ownProbes(data: AnyOpened, kind: ProbeKind, model: LoadedModel, seed: number): Probes {
  const ids = drawn(data.state.labels, seed);
  const own = `${data.id}/${seed}`;
  if (data.kind === 'image') return { ...pictures(data, ids.slice(0, MOST_PROBES), kind, model), own };
  const texts = ids.slice(0, MOST_PROBES).map((id) => wholeText(data.example(id)).slice(0, MOST_CHARACTERS));
  return { ...(kind === 'text' ? windows(texts, model, MOST_WINDOWS) : sentences(kind, texts, model)), own };
}

function pictures(
  data: Extract<AnyOpened, { kind: 'image' }>,
  ids: readonly number[],
  kind: ProbeKind,
  model: LoadedModel,
): Probes {
  const input = inputOf(model.processor);
  if (input.kind !== 'image') throw new TypeError('takes texts');
  const { classes, labels } = data.state;
  return {
    kind,
    count: ids.length,
    length: 1,
    ...(kind === 'labels' ? { labels: ids.map((id) => model.labels.indexOf(classes[labels[id]!]!)) } : {}),
    async batches(count) {
      const all = new Uint8Array(count * input.size ** 2 * input.channels);
      for (const [i, id] of ids.slice(0, count).entries()) {
        const seen = await data.pixels(id, input);
        all.set(seen, i * seen.length);
      }
      return pictureBatches(all, count, model);
    },
  };
}

/** All examples in an order in which any first so many hold each class by its share. */
export function drawn(labels: ArrayLike<number>, seed: number): number[] {
  const order = shuffled(labels.length, seedOf(seed, 0, 'probes.own'));
  const sizes = new Map<number, number>();
  for (const label of Array.from(labels)) sizes.set(label, (sizes.get(label) ?? 0) + 1);
  const seen = new Map<number, number>();
  const places = Array.from(order, (id, i) => {
    const label = labels[id]!;
    const rank = seen.get(label) ?? 0;
    seen.set(label, rank + 1);
    return { id, i, place: (rank + 0.5) / sizes.get(label)! };
  });
  return places.sort((a, b) => a.place - b.place || a.i - b.i).map(({ id }) => id);
}
