import type { MethodId } from '@/methods/metas.ts';
import { METHOD_METAS } from '@/methods/metas.ts';
import type { BackendInfo } from '@/protocol/backend.ts';
import type { ClassSummary, DatasetSummary, Finding, ImageSummary, Split, SplitSettings } from '@/protocol/dataset.ts';
import { DEFAULT_SPLIT, SPLITS } from '@/protocol/dataset.ts';
import type { Command, CommandKind, CommandOf, Replies, WorkerEvent } from '@/protocol/messages.ts';
import type { MethodPlan, ModelSummary, PlanSummary, StageSummary } from '@/protocol/model.ts';
import { type Problem, ProblemError } from '@/protocol/problems.ts';
import type { ProjectSummary } from '@/protocol/project.ts';
import type { RunSettings } from '@/protocol/run.ts';
import { createActions } from '@/session/actions.ts';
import { createStudioStore, type StudioState } from '@/session/store.ts';

/** A drawn stand-in for a photo: one hue a class, another tilt each. */
export function drawnPicture(label: number, seed: number): Blob {
  const hue = (label * 67 + 110) % 360;
  const tilt = (seed * 47) % 90;
  const size = 22 + ((seed * 13) % 14);
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="112" height="112"><rect width="112" height="112" fill="hsl(${(hue + 160 + seed * 9) % 360} 22% ${88 - ((seed * 5) % 14)}%)"/><g transform="translate(56 56) rotate(${tilt})"><ellipse rx="${size}" ry="${size * 1.6}" fill="hsl(${hue} 46% 42%)"/><path d="M0 ${size * 1.6}V${-size * 1.3}" stroke="hsl(${hue} 40% 62%)" stroke-width="3"/></g></svg>`;
  return new Blob([svg], { type: 'image/svg+xml' });
}

const splitOf = (i: number, count: number, { validation, test }: SplitSettings): Split => {
  if (i < Math.round(count * validation)) return 'validation';
  return i < Math.round(count * validation) + Math.round(count * test) ? 'test' : 'train';
};

export const CLASSES = { Basil: 72, Mint: 64, Parsley: 60, Thyme: 44 };

/** A dataset of drawn pictures; `classes` gives how many of each. */
export function datasetOf(
  classes: Readonly<Record<string, number>> = CLASSES,
  rest: Partial<ImageSummary> = {},
): ImageSummary {
  const split = rest.split ?? DEFAULT_SPLIT;
  const paths: string[] = [];
  const labels: number[] = [];
  const splits: number[] = [];
  const summaries: ClassSummary[] = Object.entries(classes).map(([name, count], label) => {
    const counts = { train: 0, validation: 0, test: 0 };
    for (let i = 0; i < count; i++) {
      const part = splitOf(i, count, split);
      counts[part]++;
      paths.push(`herb-leaves/${name}/IMG_${String(i + 1).padStart(4, '0')}.jpg`);
      labels.push(label);
      splits.push(SPLITS.indexOf(part));
    }
    return { name, counts, excluded: 0, usable: count > 1 };
  });
  return {
    id: 'herbs',
    name: 'herb-leaves',
    kind: 'image',
    classes: summaries,
    examples: {
      length: paths.length,
      paths,
      labels: Int32Array.from(labels),
      splits: Int8Array.from(splits),
      excluded: new Uint8Array(paths.length),
      widths: new Uint32Array(paths.length).fill(640),
      heights: new Uint32Array(paths.length).fill(480),
    },
    groups: [],
    split,
    splitGiven: [],
    pictureSize: { width: 640, height: 480 },
    problems: [],
    filesRead: paths.length,
    readMs: 1840,
    ...rest,
  };
}

export const DATA_PROBLEMS: readonly Problem[] = [
  { code: 'file-empty', severity: 'warning', values: { file: 'herb-leaves/Thyme/IMG_0412.jpg' } },
  { code: 'file-not-image', severity: 'warning', values: { file: 'herb-leaves/notes.txt' } },
  {
    code: 'image-unreadable',
    severity: 'warning',
    values: { file: 'herb-leaves/Mint/IMG_0090.jpg', reason: 'damaged' },
  },
];

/** One of most kinds of findings on `datasetOf()`. */
export const FINDINGS: readonly Finding[] = [
  {
    kind: 'leakage',
    severity: 'warning',
    cases: [
      { ids: [3, 40], values: { copies: 2, exact: 1 } },
      { ids: [80, 120], values: { copies: 2, exact: 0 } },
    ],
    values: { count: 2, pictures: 4, leaving: 2 },
    remedy: { kind: 'exclude', ids: [40, 120] },
  },
  {
    kind: 'near-duplicates',
    severity: 'note',
    cases: [{ ids: [50, 51, 52], values: { copies: 3, exact: 0 } }],
    values: { count: 1, pictures: 3, leaving: 2 },
    remedy: { kind: 'exclude', ids: [51, 52] },
  },
  {
    kind: 'imbalance',
    severity: 'warning',
    cases: [{ ids: [200, 201], values: { class: 'Thyme', count: 44 } }],
    values: { count: 1, least: 44, from: 60, to: 72 },
  },
  {
    kind: 'similar-class-names',
    severity: 'warning',
    cases: [{ ids: [80], values: { class: 'Mint', other: 'mint', count: 11 } }],
    values: { count: 2, class: 'Mint' },
    remedy: { kind: 'merge-classes', from: [2], into: 1 },
  },
];

/** What confident learning found. */
export const WRONG_LABELS: Finding = {
  kind: 'probably-mislabelled',
  severity: 'warning',
  cases: [{ ids: [7], values: { given: 'Basil', likely: 'Mint', probability: 0.93 } }],
  values: { count: 1 },
};

/** A project that the browser keeps. */
export const PROJECT: ProjectSummary = {
  id: 'herbs',
  name: 'herb-leaves',
  kind: 'image',
  examples: 240,
  classes: 4,
  runs: 6,
  bytes: 41_200_000,
  savedAt: Date.now() - 3 * 86_400_000,
  thumbnails: [0, 1, 2, 3].map((label) => drawnPicture(label, label)),
  openElsewhere: false,
};

export const GPU: BackendInfo = {
  choice: 'auto',
  name: 'webgpu',
  adapter: 'NVIDIA RTX A2000',
  fallback: false,
  threads: 1,
  maxBufferBytes: 2147483648,
  reasons: [],
};
export const WASM: BackendInfo = {
  choice: 'auto',
  name: 'wasm',
  adapter: '',
  fallback: false,
  threads: 2,
  maxBufferBytes: 0,
  reasons: [{ code: 'no-webgpu', severity: 'note', values: {} }],
};

export const MODEL: ModelSummary = {
  ref: { kind: 'shipped', id: 'efficientnet-lite0' },
  name: 'efficientnet-lite0',
  architecture: 'efficientnet-lite',
  task: 'image-classification',
  input: { kind: 'image', size: 224, channels: 3 },
  labels: Array.from({ length: 1000 }, (_, i) => `label ${i}`),
  parameters: 4652008,
  cached: true,
};

const STAGES: readonly [string, number][] = [
  ['stem', 928],
  ['blocks.0', 896],
  ['blocks.1', 13968],
  ['blocks.2', 39712],
  ['blocks.3', 198480],
  ['blocks.4', 446784],
  ['blocks.5', 1652640],
  ['blocks.6', 605440],
  ['conv_head', 412160],
  ['classifier', 5124],
];

/** What the engine would plan: the profile of EfficientNet-Lite0 with a new head. */
export function planOf({ method }: Pick<RunSettings, 'method'>, stepsPerEpoch = 11): PlanSummary {
  const frozenBy = (id: string): number => {
    const wanted = id === method.id ? Number(method.options.stages ?? 3) : 3;
    return id === 'full' ? 0 : id === 'head' ? STAGES.length - 1 : Math.max(0, STAGES.length - wanted);
  };
  const named = method.options.chosenStages;
  const chosen = Array.isArray(named) ? new Set<string>(named) : undefined;
  const stages: StageSummary[] = STAGES.map(([name, parameters], i) => ({
    name,
    parameters,
    trainable: (chosen ? chosen.has(name) : i >= frozenBy(method.id)) ? parameters : 0,
    flops: 4e7 + i * 1e6,
    activationBytes: 3e6 / (i + 1),
  }));
  const total = stages.reduce((sum, stage) => sum + stage.parameters, 0);
  const plans = (Object.keys(METHOD_METAS) as MethodId[]).map((id): MethodPlan => {
    const frozen = frozenBy(id);
    const trainable = stages.slice(frozen).reduce((sum, stage) => sum + stage.parameters, 0);
    const share = (stages.length - frozen) / stages.length;
    return {
      method: id,
      trainable,
      total,
      frozenStages: frozen,
      memoryBytes: 9e7 + share * 1.1e9,
      gradientBytes: 4 * trainable,
      optimizerBytes: 8 * trainable,
      activationBytes: share * 1e9,
      stepFlops: 1e10 * share ** 2,
      cacheBytes: frozen ? 4.5e7 : 0,
    };
  });
  return { stages, modules: [], plans, unfit: [], stepsPerEpoch };
}

type StudioClient = Parameters<typeof createActions>[1];
type Answers = { [K in CommandKind]?: (command: CommandOf<K>) => Replies[K] | Promise<Replies[K]> };

/** A client without a worker: answers from functions, keeps what it was asked, and tells events when told to. */
export function fakeClient(answers: Answers = {}) {
  const calls: Command[] = [];
  let listener: (event: WorkerEvent) => void = () => {};
  const client: StudioClient = {
    async call<K extends CommandKind>(command: CommandOf<K>): Promise<Replies[K]> {
      calls.push(command as Command);
      const answer = answers[command.kind as K] as ((command: CommandOf<K>) => Replies[K]) | undefined;
      if (!answer) throw new ProblemError('internal', { message: `no answer to ${command.kind}` });
      return answer(command);
    },
    onEvent(next) {
      listener = next;
    },
  };
  return { client, calls, emit: (event: WorkerEvent) => listener(event) };
}

/** A store with herbs open, a model loaded and its plan made, joined to a fake client that can split and plan. */
export function studioOf(
  state: Partial<Omit<StudioState, 'dataset'>> & { dataset?: DatasetSummary | undefined } = {},
  answers: Answers = {},
) {
  const store = createStudioStore();
  const settings = { ...store.getState().settings, ...state.settings };
  const dataset = 'dataset' in state ? state.dataset : datasetOf();
  const { dataset: _, ...rest } = state;
  store.setState({
    backend: GPU,
    model: MODEL,
    plan: planOf(settings),
    ...rest,
    settings,
    ...(dataset ? { dataset } : {}),
  });
  const fake = fakeClient({
    'choose-backend': ({ choice }) => ({ ...(choice === 'wasm' ? WASM : GPU), choice }),
    split: ({ split }) => datasetOf(CLASSES, { ...store.getState().dataset, ...datasetOf(CLASSES, { split }) }),
    plan: ({ settings }) => planOf(settings),
    thumbnails: ({ ids }) => ids.map((id) => drawnPicture(store.getState().dataset?.examples.labels[id] ?? 0, id)),
    'open-model': ({ model }) => ({ ...MODEL, ref: model, name: model.id }),
    'open-sample': () => datasetOf(),
    projects: () => store.getState().projects ?? [],
    report: () => ({ findings: store.getState().report?.findings ?? [], examined: 240, ms: 12 }),
    'open-files': () => ({ kind: 'dataset', dataset: datasetOf() }),
    ...answers,
  });
  return { store, actions: createActions(store, fake.client), ...fake };
}
