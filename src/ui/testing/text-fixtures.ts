import type { TextTable } from '@/data/tables/table.ts';
import { type OpenedTexts, textsOf } from '@/data/text-dataset.ts';
import { DEFAULT_SPLIT, type Finding } from '@/protocol/dataset.ts';
import type { CommandOf } from '@/protocol/messages.ts';
import type { ModelSummary } from '@/protocol/model.ts';
import type { GenerationEvaluation } from '@/protocol/result.ts';
import type { RunSettings } from '@/protocol/run.ts';
import type { TextFit, TextMapping } from '@/protocol/text.ts';
import { forTask, initialSettings, learningRateOf, methodDefaults } from '@/session/defaults.ts';
import type { RunRecord } from '@/session/store.ts';
import { studioOf } from './fixtures.ts';
import { runOf } from './run-fixtures.ts';

const OPENINGS = ['The room was', 'Our dinner was', 'The journey was', 'This film was', 'The shop was'];
const WORDS = { good: ['a joy', 'better than hoped', 'well made'], bad: ['a waste', 'too slow', 'far too loud'] };

/** Reviews, every third of them bad; the first rows also in other scripts. */
export function reviews(count = 60): string[][] {
  const rows = Array.from({ length: count }, (_, i) => {
    const label = i % 3 === 2 ? 'bad' : 'good';
    const text = `${OPENINGS[i % OPENINGS.length]} ${WORDS[label][i % 3]}, and number ${i + 1} of those that we tried.`;
    return [text, label, i % 2 ? 'web' : 'phone'];
  });
  const foreign = ['كانت الغرفة نظيفة والناس لطفاء.', '房间很干净，服务也很好。', 'Бөлме таза әрі жарық болды.'];
  return rows.map(([text, ...rest], i) => [foreign[i] ?? text!, ...rest]);
}

/** Questions with their answers. */
export const questions = (count = 40): string[][] =>
  Array.from({ length: count }, (_, i) => [`What is ${i} plus ${i + 1}?`, `${i} plus ${i + 1} is ${2 * i + 1}.`]);

/** A CSV as it was read. */
export function tableOf(columns: readonly string[], rows: readonly (readonly string[])[], file: string): TextTable {
  return {
    file,
    format: 'csv',
    reading: { encoding: 'utf-8', delimiter: ',', header: true },
    columns,
    cells: columns.map((_, column) => rows.map((row) => row[column]!)),
    rows: Int32Array.from(rows, (_, i) => i + 2),
    problems: [],
  };
}

export const REVIEW_COLUMNS = ['review', 'sentiment', 'from'];
const LABELLED: TextMapping = { layout: 'labelled', columns: { text: 'review', label: 'sentiment' } };
const PAIRS: TextMapping = { layout: 'pairs', columns: { prompt: 'question', completion: 'answer' } };

/** The engine's own data set of texts, which can be edited. */
export function openTexts(table: TextTable, mapping: TextMapping, id = 'texts'): Promise<OpenedTexts> {
  const name = table.file.replace(/\.\w+$/, '');
  const source = { path: table.file, blob: new Blob(), thumbnail: new Blob() };
  const started = performance.now();
  return textsOf([table], [source], { id, name, mapping, split: DEFAULT_SPLIT, problems: [], filesRead: 1, started });
}

export const openReviews = (rows = reviews(), mapping = LABELLED): Promise<OpenedTexts> =>
  openTexts(tableOf(REVIEW_COLUMNS, rows, 'reviews.csv'), mapping);
export const openQuestions = (rows = questions()): Promise<OpenedTexts> =>
  openTexts(tableOf(['question', 'answer'], rows, 'questions.csv'), PAIRS);

export const MINILM: ModelSummary = {
  ref: { kind: 'shipped', id: 'minilm-l6' },
  name: 'minilm-l6',
  architecture: 'bert',
  task: 'text-classification',
  input: { kind: 'text', maxLength: 256, vocabulary: 30522 },
  labels: [],
  parameters: 22_600_000,
  cached: true,
};

/** Answers of texts whose edits take effect and can be undone, and which can be read in another way. */
export function editedTexts(opened: OpenedTexts, table?: TextTable) {
  let texts = opened;
  return {
    edit: ({ edit }: CommandOf<'edit'>) => {
      texts.edit(edit);
      return texts.summary();
    },
    undo: () => {
      texts.undo();
      return texts.summary();
    },
    redo: () => {
      texts.redo();
      return texts.summary();
    },
    split: ({ split }: CommandOf<'split'>) => {
      texts.resplit(split);
      return texts.summary();
    },
    texts: ({ ids, whole }: CommandOf<'texts'>) => ids.map((id) => texts.row(id, whole)),
    'find-texts': ({ query }: CommandOf<'find-texts'>) => texts.find(query),
    remap: async ({ mapping }: CommandOf<'remap'>) => {
      if (mapping && table) texts = await openTexts(table, mapping, 'anew');
      return texts.summary();
    },
  };
}

/** A studio with these texts open, joined to the engine's own data set. */
export function studioOfTexts(
  opened: OpenedTexts,
  state: Parameters<typeof studioOf>[0] = {},
  answers: Parameters<typeof studioOf>[1] = {},
  table?: TextTable,
) {
  return studioOf(
    { model: MINILM, ...state, dataset: opened.summary() },
    {
      ...editedTexts(opened, table),
      'open-model': () => MINILM,
      report: () => ({ findings: [], examined: opened.length, ms: 3 }),
      ...answers,
    },
  );
}

/** One of each kind that texts may have, on `openReviews()`. */
export const TEXT_FINDINGS: readonly Finding[] = [
  {
    kind: 'leakage',
    severity: 'warning',
    cases: [{ ids: [3, 40], values: { copies: 2, exact: 1 } }],
    values: { count: 1, pictures: 2, leaving: 1 },
    remedy: { kind: 'exclude', ids: [40] },
  },
  {
    kind: 'short-text',
    severity: 'note',
    cases: [{ ids: [1], values: { words: 1 } }],
    values: { count: 1, words: 12 },
    remedy: { kind: 'exclude', ids: [1] },
  },
  {
    kind: 'unknown-language',
    severity: 'warning',
    cases: [{ ids: [0], values: {} }],
    values: { unknown: 0.02, single: 0.61 },
  },
];

export const WRONG_TEXTS: Finding = {
  kind: 'probably-mislabelled',
  severity: 'warning',
  cases: [{ ids: [5], values: { given: 'bad', likely: 'good', probability: 0.91 } }],
  values: { count: 1 },
};

/** The same texts without labels. */
export const withoutTextLabels = (): Promise<OpenedTexts> =>
  openReviews(reviews(), { layout: 'labelled', columns: { text: 'review' } });

export const TINY_GPT: ModelSummary = {
  ref: { kind: 'shipped', id: 'tiny-gpt' },
  name: 'tiny-gpt',
  architecture: 'gpt2',
  task: 'text-generation',
  input: { kind: 'text', maxLength: 256, vocabulary: 2048 },
  labels: [],
  parameters: 1_340_000,
  cached: true,
};

/** The settings of a first run with a model of texts. */
export const settingsOf = ({ ref, task }: ModelSummary): RunSettings =>
  forTask({ ...initialSettings(), model: ref }, task);

/** Texts in a language that the model knows, some of them longer than it takes. */
export const FIT: TextFit = {
  examples: 60,
  median: 25,
  longest: 212,
  truncated: 4,
  longestIds: [3],
  unknown: 0.001,
  single: 0.004,
  mean: 24,
};

/** A run of a model that writes, and what it wrote. */
export function writingRun(o: Parameters<typeof runOf>[0] = {}): RunRecord {
  const { task } = settingsOf(TINY_GPT);
  const learningRate = learningRateOf('full', TINY_GPT.task);
  const run = runOf({
    ...o,
    settings: { model: TINY_GPT.ref, method: methodDefaults('full'), task, learningRate, ...o.settings },
    rest: { modelName: TINY_GPT.name, datasetName: 'questions', classes: [''], ...o.rest },
  });
  const texts = ['the the the of', 'The answer is the', '4 plus 5 is 9.'];
  const samples = texts.map((text, epoch) => ({
    run: run.id,
    step: epoch * run.status.stepsPerEpoch,
    epoch,
    prompt: 'Question: What is 4 plus 5?\nAnswer:',
    text,
  }));
  return { ...run, samples };
}

/** What forty test answers say of `writingRun`; `better` is by how much it writes better than the model before. */
export function generationOf(better = 0): GenerationEvaluation {
  const answers = Array.from({ length: 6 }, (_, id) => ({
    id,
    loss: 12 - 3 * better,
    correct: 4 + Math.round(2 * better),
    tokens: 8,
    prompt: `What is ${id} plus ${id + 1}?`,
    expected: `${id} plus ${id + 1} is ${2 * id + 1}.`,
    ...(id < 3
      ? { written: better > 0 ? `${id} plus ${id + 1} is ${2 * id}.` : 'the the the of', chrf: 20 + 60 * better }
      : {}),
  }));
  const loss = 1.5 - 0.375 * better;
  return {
    run: 'run-1',
    split: 'test',
    examples: 6,
    loss,
    perplexity: Math.exp(loss),
    tokenAccuracy: 0.5 + 0.25 * better,
    tokens: 48,
    written: 3,
    exactMatch: 0,
    chrf: 20 + 60 * better,
    answers,
  };
}
