import type { StudioClient } from '../client/client.ts';
import { checkpointFolder } from '../lib/checkpoint-paths.ts';
import {
  type DatasetEdit,
  type DatasetSummary,
  type DroppedFile,
  NONE,
  type SplitSettings,
} from '../protocol/dataset.ts';
import type { ModelRef, ModelSummary } from '../protocol/model.ts';
import { SAMPLES } from '../protocol/samples.ts';
import { modelFor, settingsFor } from './defaults.ts';
import type { Gathered } from './gathered.ts';
import { withModel } from './kept.ts';
import type { ProblemPlace, Screen, StudioStore } from './store.ts';

/** A zip's directory lies at its end; that of a model names its weights. */
async function isModel(files: readonly DroppedFile[]): Promise<boolean> {
  const [only] = files;
  if (!only || files.length > 1 || !/\.zip$/i.test(only.path))
    return checkpointFolder(files.map(({ path }) => path)) !== undefined;
  return /\.safetensors|pytorch_model/.test(await only.file.slice(-65_536).text());
}

interface Around {
  store: StudioStore;
  client: StudioClient;
  thumbnails: Gathered<Blob>;
  /** Runs `work`; a problem is kept for the place where the page shows it. */
  attempt<T>(place: ProblemPlace, work: () => Promise<T>): Promise<T | undefined>;
  openModel(model: ModelRef, keep?: boolean): Promise<void>;
  refreshPlan(): Promise<void>;
  takeImported(model: ModelSummary, run: string): void;
}

/** What a person can do with data: open, add, sort, look over. */
export function createDataActions({ store, client, thumbnails, attempt, ...around }: Around) {
  const { openModel, refreshPlan, takeImported } = around;
  const { getState, setState } = store;
  let reporting = false;
  /** Where the page was before it showed files that were still being listed. */
  let before: Screen | undefined;

  /** It takes the place of the one that is open. */
  function takeDataset(dataset: DatasetSummary, sampleModel?: ModelRef, screen: Screen = 'data'): void {
    const { settings, model: open } = getState();
    const model = sampleModel ?? modelFor(dataset, settings.model, open);
    const training = dataset.classes.reduce((sum, { counts }) => sum + counts.train, 0);
    setState(
      ({ report: _, wrongLabels: __, ...rest }) => ({
        ...rest,
        dataset,
        screen,
        settings: settingsFor(rest.settings, model, training),
      }),
      true,
    );
    // Its weights may take long to come: whoever sorts or takes pictures goes on meanwhile.
    void openModel(model, open?.ref.id === model.id);
  }

  /** A model to start from: where it is chosen. */
  async function takeCheckpoint(model: ModelSummary): Promise<void> {
    setState(({ imported }) => ({ imported: withModel(imported, model), screen: 'model' }));
    await openModel(model.ref);
  }

  /** The open data set is another than it was. */
  async function changed(dataset: DatasetSummary): Promise<void> {
    setState({ dataset });
    await refreshPlan();
  }

  /** Shows how reading goes in place of what is open; where it fails, the screen before comes back. */
  async function whileOpening<T>(work: () => Promise<T | undefined>, show: Screen = 'data'): Promise<T | undefined> {
    const screen = before ?? getState().screen;
    // what was peeked at stays in view
    setState({ ...(before ? {} : { arrived: [], arrivals: 0 }), opening: true, screen: show });
    before = undefined;
    const opened = await work();
    setState({ arrived: [], opening: false, ...(opened ? {} : { screen }) });
    return opened;
  }

  async function change(work: () => Promise<DatasetSummary>): Promise<void> {
    const dataset = await attempt('data', work);
    if (dataset) await changed(dataset);
  }

  const actions = {
    /** Opens dropped or picked files: a data set, or a model. */
    async openFiles(files: readonly DroppedFile[], into: 'new' | 'add' = 'new'): Promise<void> {
      const open = () => attempt('data', () => client.call({ kind: 'open-files', files, into }));
      const opened = into === 'new' ? await whileOpening(open) : await open();
      if (!opened) return;
      if (opened.kind === 'model') takeImported(opened.model, opened.run);
      else if (opened.kind === 'checkpoint') await takeCheckpoint(opened.model);
      else if (into === 'add') await changed(opened.dataset);
      else takeDataset(opened.dataset);
    },

    /** Shows it while it comes and when it is there, unless another screen is to stay in view. */
    async openSample(id: string, screen: Screen = 'data'): Promise<void> {
      const open = () => attempt('data', () => client.call({ kind: 'open-sample', sample: id }));
      const dataset = await whileOpening(open, screen);
      const model = SAMPLES.find((sample) => sample.id === id)?.model;
      if (dataset && model) takeDataset(dataset, { kind: 'shipped', id: model }, screen);
    },

    /** The old task is scored by these files from the next run on. */
    async openProbes(files: readonly DroppedFile[]): Promise<void> {
      const { model } = getState().settings;
      const probes = await attempt('probes', () => client.call({ kind: 'open-probes', files, model }));
      if (probes) setState({ probes });
    },
    /** And by the model's own probes again. */
    async dropProbes(): Promise<void> {
      await client.call({ kind: 'drop-probes' });
      setState(({ probes: _, ...rest }) => rest, true);
    },

    split: (split: SplitSettings) => change(() => client.call({ kind: 'split', split })),
    edit: (edit: DatasetEdit) => change(() => client.call({ kind: 'edit', edit })),
    undo: () => change(() => client.call({ kind: 'undo' })),
    redo: () => change(() => client.call({ kind: 'redo' })),
    /** Pictures that a person took, into a class; `NONE` leaves them unsorted. */
    addPictures: (pictures: readonly Blob[], label: number) =>
      change(() => client.call({ kind: 'add-pictures', label, pictures })),

    /** Opens the camera, to take pictures of the class of this name. */
    openCamera: (label = ''): void => setState({ camera: label }),
    closeCamera: (): void => setState(({ camera: _, ...rest }) => rest, true),
    /** Pictures of a class that may be new, as may the data set: the first pictures begin one, beside texts too. */
    async takePictures(pictures: readonly Blob[], name: string): Promise<void> {
      if (getState().dataset?.kind !== 'image') {
        const files = pictures.map((file, i) => ({ path: `${name.replaceAll('/', '∕')}/${i + 1}.jpg`, file }));
        return actions.openFiles(files);
      }
      const labelOf = () => getState().dataset?.classes.findIndex((one) => one.name === name) ?? NONE;
      if (labelOf() === NONE) await actions.edit({ kind: 'add-class', name });
      if (labelOf() !== NONE) await actions.addPictures(pictures, labelOf());
    },

    /** Shows the first files of a drop while the others are still being listed; `askAboutFiles` follows. */
    peekAtFiles(files: readonly DroppedFile[]): void {
      const { screen, dataset } = getState();
      if (dataset) return;
      before = screen;
      setState({ arrived: [], arrivals: 0, opening: true, screen: 'data' });
      client.call({ kind: 'peek', files }).catch(() => {});
    },

    /**
     * Opens files, or asks whether they join the data set that is open. A model is no data, and
     * of an empty folder nothing is to be asked: opening says what is wrong with it.
     */
    async askAboutFiles(files: readonly DroppedFile[]): Promise<void> {
      if (!getState().dataset || files.length === 0 || (await isModel(files))) return actions.openFiles(files);
      setState({ asked: files });
    },
    /** What a person says to it; nothing, and the files are let go. */
    async answerAboutFiles(into?: 'new' | 'add'): Promise<void> {
      const { asked } = getState();
      setState(({ asked: _, ...rest }) => rest, true);
      if (asked && into) await actions.openFiles(asked, into);
    },

    /** Files into a class, whatever their folders are called: the class's name becomes the folder of each. */
    addToClass(files: readonly DroppedFile[], name: string): Promise<void> {
      const folder = name.replaceAll('/', '∕');
      return actions.openFiles(
        files.map(({ path, file }) => ({ path: `${folder}/${path.replaceAll('/', '_')}`, file })),
        'add',
      );
    },

    /**
     * Looks the open data set over. One at a time: what is asked for meanwhile is made when the one under way has
     * ended, of what is open then.
     */
    async makeReport(): Promise<void> {
      if (reporting) return;
      reporting = true;
      for (;;) {
        const { dataset, settings } = getState();
        if (!dataset) break;
        const model = dataset.kind === 'text' ? { model: settings.model } : {};
        const report = await attempt('report', () => client.call({ kind: 'report', ...model }));
        if (!report) break;
        setState(({ dataset: open }) => (open?.id === dataset.id ? { report: { ...report, of: dataset } } : {}));
        if (getState().dataset === dataset) break;
      }
      reporting = false;
    },

    /** Asks for labels that are most probably wrong, in the eyes of the chosen model. */
    async checkLabels(): Promise<void> {
      const { dataset, settings } = getState();
      const found = await attempt('report', () => client.call({ kind: 'check-labels', model: settings.model }));
      if (found && getState().dataset?.id === dataset?.id) setState({ wrongLabels: found });
    },
    /** What a person has looked at is not shown again. */
    settleLabel: (id: number): void =>
      setState(({ wrongLabels }) =>
        wrongLabels
          ? { wrongLabels: { ...wrongLabels, cases: wrongLabels.cases.filter(({ ids }) => !ids.includes(id)) } }
          : {},
      ),

    /** Of an example of the open data set, at most 112 px a side. */
    thumbnail: (id: number): Promise<Blob> => thumbnails.get(getState().dataset?.id ?? '', id),
    /** The picture as it was dropped. */
    picture: (id: number): Promise<Blob> => client.call({ kind: 'picture', id }),
  };
  return { actions, takeDataset };
}
