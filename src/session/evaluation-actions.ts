import type { StudioClient } from '../client/client.ts';
import { exampleName } from '../protocol/dataset.ts';
import type { Tried, TriedPicture, TriedText } from '../protocol/messages.ts';
import type { Comparison, FrameGuess, Saliency, WordWeights } from '../protocol/result.ts';
import type { Gathered } from './gathered.ts';
import { placeOf, type RunRecords } from './run-records.ts';
import { pointsOf } from './series.ts';
import type { ProblemPlace, StudioStore } from './store.ts';

interface Around {
  store: StudioStore;
  client: StudioClient;
  thumbnails: Gathered<Blob>;
  records: RunRecords;
  /** Runs `work`; a problem is kept for the place where the page shows it. */
  attempt<T>(place: ProblemPlace, work: () => Promise<T>): Promise<T | undefined>;
}

/** What a person can do with a run that has ended: judge it, ask it, take it away. */
export function createEvaluationActions({ store, client, thumbnails, records, attempt }: Around) {
  const { getState, setState } = store;

  /** On the test set of its run. */
  async function evaluate(id: string): Promise<void> {
    const evaluation = await attempt('evaluate', () => client.call({ kind: 'evaluate', run: id }));
    if (!evaluation) return;
    const found =
      'perplexity' in evaluation
        ? { generation: evaluation, tested: evaluation.tokenAccuracy }
        : { evaluation, tested: evaluation.accuracy };
    records.patch(id, found);
    const run = getState().runs[id];
    // nobody asked for it: where it cannot be kept, the evaluation stands all the same
    if (run) await client.call({ kind: 'place-run', run: id, place: placeOf(run) }).catch(() => {});
  }

  async function tryOn(picture: Blob, name: string, tried: TriedPicture): Promise<void> {
    const run = records.current();
    if (!run) return;
    const comparison = await attempt('evaluate', () => client.call({ kind: 'predict', run: run.id, tried }));
    if (comparison) setState({ trial: { run: run.id, name, picture, comparison } });
  }

  const actions = {
    async evaluate(): Promise<void> {
      const run = records.current();
      if (run) await evaluate(run.id);
    },

    /** The model before training, on the same test pictures. */
    async evaluateBase(): Promise<void> {
      const run = records.current();
      if (!run) return;
      const base = await attempt('evaluate', () => client.call({ kind: 'evaluate-base', run: run.id }));
      if (base) records.patch(run.id, 'perplexity' in base ? { generationBase: base } : { base });
    },

    /** Training examples that the current run knows by heart. */
    async findMemorised(): Promise<void> {
      const run = records.current();
      if (!run) return;
      const memorised = await attempt('evaluate', () => client.call({ kind: 'memorised', run: run.id }));
      if (memorised) records.patch(run.id, { memorised });
    },

    /** A picture of one's own through the current run's model. */
    tryPicture: (picture: Blob, name: string): Promise<void> =>
      tryOn(picture, name, { kind: 'file', file: picture, name }),

    /** A picture of the data set; its thumbnail stands for it on the page. */
    async tryExample(id: number): Promise<void> {
      const { dataset } = getState();
      if (!dataset) return;
      const thumbnail = await thumbnails.get(dataset.id, id);
      await tryOn(thumbnail, exampleName(dataset, id), { kind: 'example', id });
    },

    /** One picture through a run's model and the one that it came from. */
    compare: (run: string, tried: Tried): Promise<Comparison | undefined> =>
      attempt('evaluate', () => client.call({ kind: 'predict', run, tried })),

    /** Where in a picture the answer `label`, an index into the run's classes, came from. */
    saliency: (run: string, picture: TriedPicture, label: number): Promise<Saliency | undefined> =>
      attempt('evaluate', () => client.call({ kind: 'saliency', run, picture, label })),

    /** How much each word of a text spoke for `label`, an index into the run's classes. */
    wordWeights: (run: string, tried: TriedText, label: number): Promise<WordWeights | undefined> =>
      attempt('evaluate', () => client.call({ kind: 'word-weights', run, tried, label })),

    /** A frame of the camera; it is the engine's from then on. Rejects with a `ProblemError`. */
    predictFrame: (run: string, frame: ImageBitmap): Promise<FrameGuess> =>
      client.call({ kind: 'predict-frame', run, frame }, [frame]),

    async export(): Promise<void> {
      const run = records.current();
      if (!run) return;
      const history = pointsOf(run, run.id);
      const exported = await attempt('export', () =>
        client.call({ kind: 'export', run: run.id, history, title: run.datasetName }),
      );
      if (exported) records.patch(run.id, { exported });
    },
  };
  return { actions, evaluate };
}
