import axe from 'axe-core';
import { afterEach, describe, expect, test } from 'vitest';
import { page, userEvent } from 'vitest/browser';
import type { Problem } from '@/protocol/problems.ts';
import type { RunRecord, Screen, StudioState } from '@/session/store.ts';
import { SCREEN_COMPONENTS } from './shell/screens.tsx';
import { Shell } from './shell/shell.tsx';
import { DATA_PROBLEMS, datasetOf, FINDINGS, PROJECT, studioOf, WASM, WRONG_LABELS } from './testing/fixtures.ts';
import { insideOf, mapOf } from './testing/inside-fixtures.ts';
import { withoutLabels } from './testing/opened.ts';
import { render } from './testing/render.tsx';
import { baseOf, COMPARISON, EXPORTED, evaluationOf, runOf, runsOf } from './testing/run-fixtures.ts';
import {
  FIT,
  generationOf,
  MINILM,
  openQuestions,
  openReviews,
  settingsOf,
  TINY_GPT,
  writingRun,
} from './testing/text-fixtures.ts';

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
/** What a person may see, with a heading that says it is there. */
const STATES: Record<string, Look> = {
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
  'a run that goes': { screen: 'train', heading: /Run 6/, state: runsOf(runOf({ number: 6, rest: LOOKED }), runOf({ number: 1 })) },
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

afterEach(() => {
  localStorage.removeItem('tuning-fork-scheme');
  history.replaceState(null, '', '#/');
});

async function show(name: string, scheme: 'light' | 'dark'): Promise<void> {
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
  // colours change in steps
  await new Promise((resolve) => setTimeout(resolve, 400));
}

test('every screen is looked at', () => {
  expect(new Set(Object.values(STATES).map(({ screen }) => screen))).toEqual(new Set(Object.keys(SCREEN_COMPONENTS)));
});

describe.each(['light', 'dark'] as const)('in %s colours', (scheme) => {
  test.each(Object.keys(STATES))('%s leaves nobody out', async (name) => {
    await show(name, scheme);
    const { violations } = await axe.run(document, { resultTypes: ['violations'] });
    const grave = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical');
    expect(
      grave.map(
        ({ id, nodes }) => `${id}: ${nodes.map(({ html, failureSummary }) => `${html} ${failureSummary}`).join('\n')}`,
      ),
    ).toEqual([]);
  });
});

/** Where Tab stops: of radio buttons that belong together at one, and at nothing that is switched off. */
function stops(): Set<Element> {
  const groups = new Set<string>();
  const all = [...document.querySelectorAll<HTMLElement>('a[href], button, input, select, [tabindex="0"]')];
  return new Set(
    all.filter((each) => {
      if (each.matches(':disabled, [type=hidden], [tabindex="-1"]') || !each.checkVisibility()) return false;
      if (!(each instanceof HTMLInputElement) || each.type !== 'radio') return true;
      const first = !groups.has(each.name);
      groups.add(each.name);
      return first;
    }),
  );
}

/** What the focus may change: on the control, or on the card that it is the radio button of. */
function lookOf(element: Element): string {
  return [element, element.closest('label') ?? element]
    .map((each) => getComputedStyle(each))
    .map(({ outline, border, boxShadow }) => [outline, border, boxShadow].join(' | '))
    .join(' || ');
}

test.each(['data with findings', 'model and method', 'a run that goes', 'an evaluation'])(
  '%s works without a mouse',
  async (name) => {
    await show(name, 'light');
    document.head.append(
      Object.assign(document.createElement('style'), { textContent: '* { transition: none !important }' }),
    );
    const wanted = stops();
    const looks = new Map([...wanted].map((each) => [each, lookOf(each)]));
    const unseen: string[] = [];
    const [skip] = wanted;
    (skip as HTMLElement).focus();
    const reached = new Set<Element>([skip!]);
    for (let i = 0; i < wanted.size + 4; i++) {
      await userEvent.keyboard('{Tab}');
      const at = document.activeElement;
      if (!at || at === document.body) break;
      reached.add(at);
      if (at instanceof HTMLInputElement && at.type === 'radio')
        for (const other of document.getElementsByName(at.name)) reached.add(other);
      if (lookOf(at) === looks.get(at)) unseen.push(at.outerHTML.slice(0, 200));
    }
    expect([...wanted].filter((each) => !reached.has(each)).map((each) => each.outerHTML.slice(0, 200))).toEqual([]);
    expect(unseen).toEqual([]);
  },
);
