import { zipSync } from 'fflate';
import { describe, expect, it } from 'vitest';
import { DEFAULT_SPLIT, NONE, SPLITS } from '../protocol/dataset.ts';
import { ProblemError } from '../protocol/problems.ts';
import { openDataset } from './open.ts';
import { addTexts, openTexts, remapTexts } from './open-texts.ts';
import { reopen } from './reopen.ts';
import { file } from './testing/dropped.ts';
import type { OpenedTexts } from './text-dataset.ts';

const O = { id: 'one', split: DEFAULT_SPLIT };
const WORDS = ['lovely', 'awful', 'quick', 'slow', 'cheap', 'dear'];
const REVIEWS = `review,stars,shop\n${WORDS.flatMap((word, i) => [
  `This was a ${word} thing to buy,${i % 2 ? 'bad' : 'good'},${'abc'[i % 3]}`,
  `I say again that it was ${word},${i % 2 ? 'bad' : 'good'},${'abc'[i % 3]}`,
]).join('\n')}\n`;
const open = (...files: [string, string][]) =>
  openTexts(
    files.map(([path, text]) => file(path, text)),
    O,
  );
const classesOf = (texts: OpenedTexts) => texts.summary().classes.map(({ name }) => name);
const problemsOf = (texts: OpenedTexts) =>
  texts.state.problems.map(({ code, values }) => `${code} ${values.file ?? ''}`);
const codeOf = async (work: Promise<unknown>) => {
  const error = await work.catch((e: unknown) => e);
  if (!(error instanceof ProblemError)) throw new Error(`no problem: ${String(error)}`);
  return { code: error.problem.code, ...error.problem.values };
};

describe('opening texts', () => {
  it('makes of a table with labels examples with classes, groups, lengths and where each is from', async () => {
    const texts = await open(['shop.csv', REVIEWS]);
    const summary = texts.summary();
    expect(summary).toMatchObject({ kind: 'text', task: 'text-classification', name: 'shop' });
    expect(summary.mapping).toEqual({ layout: 'labelled', columns: { text: 'review', label: 'stars' } });
    expect(classesOf(texts)).toEqual(['bad', 'good']);
    expect(summary.groups).toMatchObject([{ name: 'shop', values: ['a', 'b', 'c'] }]);
    expect(summary.groups[0]!.of.slice(0, 4)).toEqual(Int32Array.of(0, 0, 1, 1));
    expect(summary.examples.rows.slice(0, 2)).toEqual(Int32Array.of(2, 3));
    expect(texts.path(1)).toBe('shop.csv:3');
    expect(texts.row(0, false)).toEqual({ id: 0, text: 'This was a lovely thing to buy', cut: false });
    expect(summary.examples.lengths[0]).toBe('This was a lovely thing to buy'.length);
    expect(await texts.find('AWFUL')).toEqual(Int32Array.of(2, 3));
    expect(texts.view().ids('train').length).toBeGreaterThan(6);
    expect(texts.pieces).toMatchObject([{ path: 'shop.csv', blob: { size: REVIEWS.length }, thumbnail: { size: 0 } }]);
  });

  it('joins the files of one data set, with the splits that they name; a test set may lack labels', async () => {
    const test = 'review,id\nWhat a thing\t,1\nNever a thing,2\nPerhaps a thing,3\n';
    const texts = await open(['d/train.csv', REVIEWS], ['d/test.csv', REVIEWS], ['d/more/test.csv', test]);
    const { examples, splitGiven, tables } = texts.summary();
    expect(texts.summary().name).toBe('d');
    expect([...splitGiven].toSorted()).toEqual(['test', 'train']);
    expect(tables.map(({ file }) => file)).toEqual(['d/more/test.csv', 'd/test.csv', 'd/train.csv']);
    expect(examples.tableOf).toEqual(Uint16Array.from([0, 0, 0, ...Array(12).fill(1), ...Array(12).fill(2)]));
    expect([...examples.labels.slice(0, 3)]).toEqual([NONE, NONE, NONE]);
    expect(new Set(examples.splits.slice(3, 15))).toEqual(new Set([SPLITS.indexOf('test')]));
    expect([...examples.splits.slice(15)]).not.toContain(SPLITS.indexOf('test'));
  });

  it('reads a zip, and tells of what lies beside the tables', async () => {
    const encode = (text: string) => new TextEncoder().encode(text);
    const zip = zipSync({ 'train.csv': encode(REVIEWS), 'empty.csv': encode(''), 'cut.json': encode('[{"a":') });
    const texts = (await openDataset([file('shop.zip', zip)], { ...O, onProgress() {} })) as OpenedTexts;
    expect(texts.state).toMatchObject({ name: 'shop', filesRead: 3 });
    expect(texts.length).toBe(12);
    expect(problemsOf(texts)).toEqual(['json-broken cut.json', 'file-empty empty.csv']);
  });

  it('leaves tables without the columns out, and says which', async () => {
    const texts = await open(['train.csv', REVIEWS], ['submission.csv', 'id,stars\n1,good\n2,bad\n']);
    expect(texts.length).toBe(12);
    expect(problemsOf(texts)).toEqual(['column-missing submission.csv']);
  });

  it('opens texts whose label column has too many values without it', async () => {
    const rows = Array.from({ length: 1500 }, (_, i) => `The number of this very text is ${i},label${i}`);
    const texts = await open(['many.csv', `text,label\n${rows.join('\n')}\n`]);
    expect(texts.summary()).toMatchObject({ task: 'text-classification', mapping: { columns: { text: 'text' } } });
    expect(texts.state.labels.every((label) => label === NONE)).toBe(true);
    expect(problemsOf(texts)).toEqual(['labels-too-many ']);
    const mapping = { layout: 'labelled', columns: { text: 'text', label: 'label' } } as const;
    expect(await codeOf(remapTexts(texts, { ...O, mapping }))).toMatchObject({ code: 'labels-too-many', count: 1500 });
  });

  it('says why there is nothing to open', async () => {
    expect(await codeOf(open(['a.csv', '']))).toEqual({ code: 'file-empty', file: 'a.csv', reason: 'alone' });
    expect(await codeOf(open(['a.csv', 'text,label\n']))).toEqual({
      code: 'table-no-rows',
      file: 'a.csv',
      reason: 'alone',
    });
    expect(await codeOf(open(['a.json', '{"a"']))).toMatchObject({ code: 'json-broken', file: 'a.json' });
  });

  it('takes prompts without answers out and keeps one class without a name', async () => {
    const lines = [1, 2, 3, 4].map((i) =>
      JSON.stringify({ prompt: `How many are ${i} and ${i}?`, completion: `${2 * i}.` }),
    );
    const texts = await open(['a.jsonl', [...lines, '{"prompt":"And then?","completion":" "}'].join('\n')]);
    expect(texts.summary()).toMatchObject({ task: 'text-generation', mapping: { layout: 'pairs' } });
    expect(texts.length).toBe(4);
    expect(classesOf(texts)).toEqual(['']);
    expect(texts.state.problems).toMatchObject([{ code: 'answer-missing', values: { row: 5, column: 'completion' } }]);
    expect(texts.row(0, false).messages).toMatchObject([{ role: 'user' }, { role: 'assistant', content: '2.' }]);
  });
});

describe('reading the same files in another way', () => {
  const tabs = 'ça va bien\tbon\nça va mal\tmauvais\nça va mieux\tbon\nça ne va pas\tmauvais\n';
  const latin = Uint8Array.from(tabs, (letter) => letter.charCodeAt(0));

  it('takes other columns', async () => {
    const before = await open(['shop.csv', REVIEWS]);
    before.edit({ kind: 'exclude', ids: [0] });
    const mapping = { layout: 'labelled', columns: { text: 'review', label: 'shop' } } as const;
    const after = await remapTexts(before, { ...O, id: 'two', mapping });
    expect(after.state).toMatchObject({ id: 'two', name: 'shop', mapping });
    expect(classesOf(after)).toEqual(['a', 'b', 'c']);
    expect(after.state.excluded.every((value) => value === 0)).toBe(true);
    expect(classesOf(before)).toEqual(['bad', 'good']);
  });

  it('keeps the columns where only the reading changes, and guesses them where their names are gone', async () => {
    const before = await open(['shop.csv', REVIEWS]);
    const mapping = { layout: 'labelled', columns: { text: 'review', label: 'shop' } } as const;
    const other = await remapTexts(before, { ...O, mapping });
    const same = await remapTexts(other, { ...O, readings: { 'shop.csv': { encoding: 'windows-1252' } } });
    expect(same.state).toMatchObject({ mapping, readings: { 'shop.csv': { encoding: 'windows-1252', header: true } } });
    const bare = await remapTexts(other, { ...O, readings: { 'shop.csv': { header: false } } });
    expect(bare.length).toBe(13);
    expect(bare.state.mapping.columns.text).toBe('A');
    expect(bare.example(0)).toEqual({ text: 'review' });
  });

  it('decodes in another encoding', async () => {
    const before = await openTexts([file('avis.tsv', latin)], O);
    expect(before.example(0)).toEqual({ text: 'ça va bien' });
    const after = await remapTexts(before, { ...O, readings: { 'avis.tsv': { encoding: 'windows-1251' } } });
    expect(after.example(0)).toEqual({ text: '\u0437a va bien' });
  });
});

describe('texts that join', () => {
  it('puts rows of further files behind those that are there, edits kept, and reopens as it was', async () => {
    const texts = await open(['shop.csv', REVIEWS]);
    texts.edit({ kind: 'label', ids: [0], label: 0 });
    texts.edit({ kind: 'exclude', ids: [5] });
    const before = texts.summary().examples;
    await addTexts(texts, [file('shop.csv', 'review,stars,shop\nA new one,fair,d\nAnd another,fair,a\n')], {});
    const { examples, tables, groups } = texts.summary();
    expect(classesOf(texts)).toEqual(['bad', 'good', 'fair']);
    expect(examples.labels).toEqual(Int32Array.from([...before.labels, 2, 2]));
    expect(examples.excluded).toEqual(Uint8Array.from([...before.excluded, 0, 0]));
    expect(examples.splits.slice(0, 12)).toEqual(before.splits);
    expect(tables.map(({ file }) => file)).toEqual(['shop.csv', 'shop (2).csv']);
    expect([...examples.rows.slice(-2), ...examples.tableOf.slice(-2)]).toEqual([2, 3, 1, 1]);
    expect(texts.example(13)).toEqual({ text: 'And another' });
    expect(groups[0]).toMatchObject({ values: ['a', 'b', 'c', 'd'] });
    expect([...groups[0]!.of.slice(-2)]).toEqual([3, 0]);
    const again = (await reopen(texts.state, texts.pieces)) as OpenedTexts;
    expect(again.state).toEqual(texts.state);
    const { undo: _, ...wanted } = texts.summary();
    expect(again.summary()).toEqual({ ...wanted, editedBefore: true });
    texts.undo();
    expect(texts.length).toBe(14);
    expect(texts.state.excluded[5]).toBe(0);
  });

  it.each([
    ['as it was read', undefined, false],
    ['relabelled', { kind: 'label', ids: [3], label: 1 }, true],
    ['with a class renamed', { kind: 'rename-class', label: 0, name: 'poor' }, true],
    ['with a text left out', { kind: 'exclude', ids: [3] }, true],
  ] as const)('reopened %s, says whether there are edits to lose', async (_, edit, edited) => {
    const texts = await open(['shop.csv', REVIEWS]);
    if (edit) texts.edit(edit);
    expect(texts.summary().editedBefore).toBe(false);
    const again = (await reopen(texts.state, texts.pieces)) as OpenedTexts;
    expect(again.summary()).toMatchObject({ editedBefore: edited });
    expect(again.summary().undo).toBeUndefined();
  });

  it('says why others cannot', async () => {
    const texts = await open(['shop.csv', REVIEWS]);
    expect(await codeOf(addTexts(texts, [file('o.csv', 'name,year\nx,1\ny,2\n')], {}))).toMatchObject({
      code: 'column-missing',
      role: 'text',
      column: 'review',
      file: 'o.csv',
    });
    expect(await codeOf(addTexts(texts, [file('a.png')], {}))).toEqual({ code: 'no-texts' });
    expect(texts.length).toBe(12);
  });

  it('opens what was kept where the last files were not', async () => {
    const texts = await open(['a.csv', REVIEWS], ['b.csv', REVIEWS]);
    texts.edit({ kind: 'exclude', ids: [3, 20] });
    const again = (await reopen(texts.state, texts.pieces.slice(0, 1))) as OpenedTexts;
    expect(again.length).toBe(12);
    expect(again.state.excluded[3]).toBe(1);
    expect(again.state.problems).toMatchObject([{ code: 'project-incomplete', values: { kept: 12, pictures: 24 } }]);
    expect(await reopen(texts.state, [])).toBeUndefined();
  });
});
