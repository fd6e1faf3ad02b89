import { expect } from 'vitest';
import { page } from 'vitest/browser';
import type { Problem } from '@/protocol/problems.ts';
import type { RunRecord, Screen, StudioState } from '@/session/store.ts';
import { profileOf } from '@/session/testing/profiles.ts';
import { Shell } from '../shell/shell.tsx';
import { DATA_PROBLEMS, datasetOf, FINDINGS, PROJECT, studioOf, WASM, WRONG_LABELS } from './fixtures.ts';
import { insideOf, mapOf } from './inside-fixtures.ts';
import { withoutLabels } from './opened.ts';
import { render } from './render.tsx';
import { baseOf, COMPARISON, EXPORTED, evaluationOf, runOf, runsOf } from './run-fixtures.ts';
import {
  FIT,
  generationOf,
  MINILM,
  openQuestions,
  openReviews,
  settingsOf,
  TINY_GPT,
  writingRun,
} from './text-fixtures.ts';

const dataset = datasetOf();
const reviews = (await openReviews()).summary();
const questions = (await openQuestions()).summary();
const written: RunRecord = {
  ...writingRun({ epochs: 40, best: 6, status: { phase: 'done', finish: 'early-stopping' } }),
  generation: generationOf(1),
  generationBase: generationOf(),
};
const messy = datasetOf(undefined, { problems: DATA_PROBLEMS });
const done = { phase: 'done', finish: 'early-stopping' } as const;
const lost: Problem = { code: 'device-lost', severity: 'error', values: { epoch: 17 } };
/** Looked inside of: the heat map, and a map of the first pictures of each class. */
const LOOKED = { inside: insideOf(17), map: mapOf([0, 1, 80, 81, 150, 151, 200, 201], [0, 0, 1, 1, 2, 2, 3, 3], 17) };
const trial = { run: 'run-1', name: 'leaf.jpg', picture: new Blob(), comparison: COMPARISON };

interface Look {
  screen: Screen;
  heading: RegExp;
  state: Partial<StudioState>;
  /** Of the screen, where it has several. */
  section?: string;
  /** Nothing is open yet. */
  empty?: boolean;
}
/** What a person may see of every screen, with a heading that says it is there. */
export const STATES: Record<string, Look> = {
  'a first visit': { screen: 'start', heading: /Fine-tune/, state: { backend: WASM }, empty: true },
  'no data': { screen: 'data', heading: /Data/, state: {}, empty: true },
  'what the browser keeps': {
    screen: 'start',
    heading: /Fine-tune/,
    state: { projects: [PROJECT, { ...PROJECT, id: 'other', openElsewhere: true }] },
    empty: true,
  },
  'files being read': {
    screen: 'data',
    heading: /Opening your data/,
    state: { opening: true, progress: { files: { task: 'files', done: 40, total: 240, unit: 'items' } } },
  },
  'data with findings': {
    screen: 'data',
    heading: /240 pictures/,
    state: {
      dataset: messy,
      report: { findings: FINDINGS, examined: 240, ms: 12, of: messy },
      wrongLabels: WRONG_LABELS,
      keep: { project: 'herbs', state: 'off', done: 0, problem: { code: 'busy', severity: 'note', values: {} } },
    },
  },
  'unsorted pictures': { screen: 'data', heading: /not sorted yet/, state: { dataset: withoutLabels(dataset) } },
  'files that may join': {
    screen: 'data',
    heading: /240 pictures/,
    state: { asked: [{ path: 'more/1.jpg', file: new Blob() }] },
  },
  'a camera that does not answer': { screen: 'data', heading: /240 pictures/, state: { camera: 'Basil' } },
  'model and method': { screen: 'model', heading: /Model and method/, state: {} },
  'a model for texts': {
    screen: 'model',
    heading: /Model and method/,
    state: {
      dataset: reviews,
      model: MINILM,
      settings: {
        ...settingsOf(MINILM),
        augmentation: { ...settingsOf(MINILM).augmentation, synonyms: 0.1 },
      },
    },
  },
  'a model that writes': {
    screen: 'model',
    heading: /Model and method/,
    state: { dataset: questions, model: TINY_GPT, settings: settingsOf(TINY_GPT) },
  },
  'a run that writes': {
    screen: 'train',
    heading: /Run 1/,
    state: { dataset: questions, model: TINY_GPT, ...runsOf(writingRun({ epochs: 40, best: 6, status: done })) },
  },
  'what it writes, judged': {
    screen: 'evaluate',
    heading: /writes with a perplexity/,
    state: { dataset: questions, model: TINY_GPT, ...runsOf(written) },
  },
  'what it writes: answers': {
    screen: 'evaluate',
    section: 'answers',
    heading: /writes with a perplexity/,
    state: { dataset: questions, model: TINY_GPT, ...runsOf(written) },
  },
  'what it writes: try': {
    screen: 'evaluate',
    section: 'try',
    heading: /writes with a perplexity/,
    state: {
      dataset: questions,
      model: TINY_GPT,
      generated: { 'run-1/base': 'the the the of', 'run-1/tuned': '4 plus 5 is 9.' },
      ...runsOf(written),
    },
  },
  'no run': { screen: 'train', heading: /No run/, state: {} },
  'a run that goes': {
    screen: 'train',
    heading: /Run 6/,
    state: runsOf(runOf({ number: 6, rest: LOOKED }), runOf({ number: 1 })),
  },
  'a run whose steps were measured': {
    screen: 'train',
    heading: /Run 1/,
    state: runsOf(runOf({ status: done, rest: { profile: profileOf() } })),
  },
  'a run with something to mend': {
    screen: 'train',
    heading: /Run 1/,
    state: runsOf(
      runOf({
        epochs: 40,
        best: 6,
        status: done,
        settings: { fewShot: { examplesPerClass: 4, draw: 0, share: 1 } },
        rest: { series: { id: 's', draw: 0, of: 5 }, evaluation: evaluationOf(dataset) },
      }),
    ),
  },
  'settings that a finding set up': {
    screen: 'model',
    heading: /Model and method/,
    state: {
      ...runsOf(runOf({ epochs: 40, best: 6, status: done })),
      setUp: { run: 'run-1', code: 'overfitting', before: runOf().settings },
      settings: { ...runOf().settings, augmentation: { ...runOf().settings.augmentation, rotate: 10 } },
      dataset,
      modelAdvice: {
        of: dataset,
        models: [
          {
            id: 'efficientnet-lite0',
            forwardMs: 40,
            costs: [{ method: 'head', seconds: 75, memoryBytes: 2e8 }],
            fit: { accuracy: 0.85, low: 0.75, high: 0.92, examples: 60 },
            doubts: ['upscaled'],
          },
        ],
      },
    },
  },
  'a run that lost its GPU': {
    screen: 'train',
    heading: /Run 1/,
    state: {
      ...runsOf(runOf({ status: { phase: 'lost', finish: 'lost', problem: lost } })),
      problems: { backend: lost },
    },
  },
  'an evaluation': {
    screen: 'evaluate',
    heading: /names/,
    state: { ...runsOf(runOf({ status: done, rest: { evaluation: evaluationOf(dataset) } })), dataset, trial },
  },
  ...Object.fromEntries(
    (['pictures', 'confidence', 'groups', 'compare', 'try'] as const).map((section) => [
      `an evaluation: ${section}`,
      {
        screen: 'evaluate',
        section,
        heading: /names/,
        state: {
          ...runsOf(
            runOf({ status: done, rest: { evaluation: evaluationOf(dataset), base: baseOf(evaluationOf(dataset)) } }),
          ),
          dataset: {
            ...dataset,
            groups: [{ name: 'room', values: ['a', 'b'], of: dataset.examples.labels.map((i) => i % 2) }],
          },
          trial,
        },
      } satisfies Look,
    ]),
  ),
  'the speed of this computer': { screen: 'bench', heading: /How fast/, state: { backend: WASM } },
  'all lessons': { screen: 'lessons', heading: /Lessons/, state: { backend: WASM } },
  'a lesson before it is played': {
    screen: 'lessons',
    section: 'forgetting',
    heading: /What becomes of 0 to 4/,
    state: { backend: WASM },
  },
  'a run shown to a class': {
    screen: 'present',
    heading: /Run 1/,
    state: { ...runsOf(runOf({ status: done })), backend: WASM },
  },
  'nothing to compare': { screen: 'compare', heading: /Compare runs/, state: {} },
  'runs beside each other': {
    screen: 'compare',
    heading: /4 runs/,
    state: runsOf(
      runOf({ number: 1, status: done, rest: { pinned: true, notes: 'The first.' } }),
      runOf({
        number: 2,
        status: done,
        settings: { learningRate: 1e-4 },
        rest: { group: { id: 's', kind: 'search' } },
      }),
      runOf({
        number: 3,
        status: done,
        settings: { learningRate: 3e-3 },
        rest: { group: { id: 's', kind: 'search' } },
      }),
      runOf({ number: 4, epochs: 3, best: 2, settings: { method: { id: 'lora', options: { rank: 8 } } } }),
    ),
  },
  'an export': {
    screen: 'export',
    heading: /Take run/,
    state: runsOf(runOf({ status: done, rest: { exported: EXPORTED } })),
  },
};

/** The whole page in one of these states, once it has come to rest. */
export async function show(name: string, scheme: 'light' | 'dark'): Promise<void> {
  const { screen, heading, state, empty, section } = STATES[name]!;
  await page.viewport(1440, 900);
  localStorage.setItem('tuning-fork-scheme', scheme);
  history.replaceState(null, '', screen === 'start' ? '#/' : `#/${screen}${section ? `/${section}` : ''}`);
  const studio = studioOf(
    { screen, ...state },
    {
      'text-fit': () => FIT,
      texts: ({ ids }) => ids.map((id) => ({ id, text: 'The room was a joy.', cut: false })),
      'augment-texts': ({ ids }) => ids.map((id) => ({ id, text: 'The room was a delight.' })),
    },
  );
  if (empty) studio.store.setState(({ dataset: _, plan: __, ...rest }) => rest, true);
  await render(<Shell />, studio);
  await expect.element(page.getByRole('heading', { name: heading, level: 1 })).toBeInTheDocument();
  await rest();
}

/** Waits until nothing comes or changes colour any more; what moves for ever does not count. */
async function rest(): Promise<void> {
  const ends = ({ effect }: Animation) => effect?.getComputedTiming().endTime !== Number.POSITIVE_INFINITY;
  let before = '';
  for (;;) {
    await new Promise((resolve) => setTimeout(resolve, 50));
    const now = document.documentElement.outerHTML;
    if (now === before && !document.getAnimations().some(ends)) return;
    before = now;
  }
}
