import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { openTexts } from '../data/open-texts.ts';
import type { OpenedTexts, TextDataset } from '../data/text-dataset.ts';
import { DEFAULT_SPLIT } from '../protocol/dataset.ts';
import { defaultsOf } from '../protocol/options.ts';
import { ProblemError } from '../protocol/problems.ts';
import { augmentationFor, defaultSettings } from '../protocol/settings.ts';
import { TASK_METAS } from '../tasks/metas.ts';
import { sourceOf } from './examples.ts';
import { previewTexts } from './preview-texts.ts';
import { report } from './report.ts';
import { studioWith } from './testing/texts.ts';
import { textFit } from './text-fit.ts';

const MINILM = { kind: 'shipped', id: 'minilm-l6' } as const;
const GPT = { kind: 'shipped', id: 'tiny-gpt' } as const;
const classification = defaultsOf(TASK_METAS['text-classification'].options);
const generation = defaultsOf(TASK_METAS['text-generation'].options);

const open = (path: string, text: string): Promise<OpenedTexts> =>
  openTexts([{ path, file: new Blob([text]) }], { id: path, split: DEFAULT_SPLIT });
const sample = async (path: string) =>
  open(path, await readFile(new URL(`../../public/samples/${path}`, import.meta.url), 'utf8'));

const KAZAKH = [
  'Тауар өте жақсы, бірақ жеткізу екі күнге кешікті',
  'Қызмет көрсету сапасы нашар, енді бұл дүкеннен алмаймын',
  'Балам үшін алдым, қатты ұнады, рақмет сіздерге',
  'Киімнің өлшемі дұрыс келмеді, қайтарып бердім',
];

describe('how texts look to a model', { timeout: 30_000 }, () => {
  it('counts tokens and cuts as training does', async () => {
    const dataset = await sample('mails.csv');
    const studio = studioWith(dataset);
    const task = { ...classification, maxLength: 64 };
    const fit = await textFit(studio, MINILM, task);
    expect(fit.examples).toBe(1500);
    expect(fit.unknown + fit.single).toBeLessThan(0.03);
    const model = await studio.model(MINILM);
    const lengths = (maxLength: number) => {
      const source = sourceOf(dataset.view(), model, { ...task, maxLength });
      return Array.from({ length: 1500 }, (_, id) => source.length!(id));
    };
    const [whole, cut] = [lengths(512), lengths(64)];
    expect(fit.truncated).toBe(whole.filter((length) => length > 64).length);
    expect(fit.truncated).toBeGreaterThan(1000);
    expect(fit.longest).toBe(Math.max(...whole));
    expect(fit.median).toBe(whole.toSorted((a, b) => b - a)[750]);
    expect(fit.mean).toBeCloseTo(cut.reduce((a, b) => a + b, 0) / 1500, 6);
    expect(whole[fit.longestIds[0]!]).toBe(fit.longest);
    // what was looked at is not looked at again, until other examples take part
    expect(await textFit(studio, MINILM, task)).toEqual(fit);
    dataset.edit({ kind: 'exclude', ids: fit.longestIds });
    const fewer = await textFit(studio, MINILM, task);
    expect(fewer.examples).toBe(1500 - fit.longestIds.length);
    expect(fewer.longestIds).not.toContain(fit.longestIds[0]);
  });

  it('cuts prompts and answers as they are laid out, and nothing of packed ones', async () => {
    const dataset = await sample('answers.jsonl');
    const studio = studioWith(dataset);
    const task = { ...generation, maxLength: 24 };
    const fit = await textFit(studio, GPT, task);
    const model = await studio.model(GPT);
    const source = sourceOf(dataset.view(), model, { ...task, maxLength: 1024 });
    const whole = Array.from({ length: fit.examples }, (_, id) => source.length!(id));
    expect(fit.longest).toBe(Math.max(...whole));
    expect(fit.truncated).toBe(whole.filter((length) => length > 24).length);
    expect(fit.truncated).toBeGreaterThan(50);
    expect((await textFit(studio, GPT, { ...task, packing: true })).truncated).toBe(0);
    await expect(textFit(studio, MINILM, classification)).rejects.toBeInstanceOf(ProblemError);
  });

  it('says of a language that the model does not know it, in the report too', async () => {
    const rows = KAZAKH.flatMap((text, i) => [`"${text}",${i % 2}`, `"${text} екінші рет",${i % 2}`]);
    const dataset = await open('пікірлер.csv', `мәтін,белгі\n${rows.join('\n')}\n`);
    expect(dataset.state.mapping.columns).toEqual({ text: 'мәтін', label: 'белгі' });
    const studio = studioWith(dataset);
    const fit = await textFit(studio, MINILM, classification);
    expect(fit.unknown + fit.single).toBeGreaterThan(0.5);
    const kinds = async (model?: typeof MINILM) => (await report(studio, model)).findings.map(({ kind }) => kind);
    expect(await kinds(MINILM)).toContain('unknown-language');
    expect(await kinds()).not.toContain('unknown-language');
  });
});

describe('altered texts', { timeout: 30_000 }, () => {
  it('are shown as a run with the same seed sees them', async () => {
    const dataset = await sample('topics.csv');
    const studio = studioWith(dataset);
    const augmentation = {
      ...augmentationFor('text', defaultSettings().augmentation),
      synonyms: 0.3,
      swap: 0.2,
      deletion: 0.1,
    };
    const ids = [5, 3, 900];
    const seen = await previewTexts(studio, { kind: 'augment-texts', augmentation, ids, views: 2, seed: 7 });
    expect(seen.map(({ id }) => id)).toEqual([...ids, ...ids]);
    const texts = seen.map(({ text }) => text);
    expect(new Set(texts).size).toBe(6);
    const model = await studio.model(MINILM);
    const { thesaurusFor } = await import('./thesaurus.ts');
    const source = sourceOf(dataset.view(), model, classification, await thesaurusFor(studio.root, augmentation));
    for (const view of [0, 1]) {
      const inputs = await source.augmented(augmentation, { seed: 7, view, ids, first: 0 }).inputs!();
      const { tokenizer } = model.processor as Extract<typeof model.processor, { kind: 'text' }>;
      const width = inputs.ids!.shape[1]!;
      ids.forEach((_, i) => {
        const row = Array.from(inputs.ids!.data.subarray(i * width, (i + 1) * width));
        const { ids: wanted } = tokenizer.encode(texts[view * 3 + i]!);
        expect(row.slice(0, wanted.length)).toEqual(wanted);
      });
    }
    expect((dataset.view() as TextDataset).example(5)).not.toEqual({ text: texts[0] });
  });
});
