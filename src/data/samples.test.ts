import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { DEFAULT_SPLIT } from '../protocol/dataset.ts';
import { SAMPLES } from '../protocol/samples.ts';
import { classNames } from './classes.ts';
import { collectImages } from './files.ts';
import { sniffSize } from './image/sniff.ts';
import { openTexts } from './open-texts.ts';

const fileOf = (path: string) => ({ path: path.split('/').at(-1)!, file: new Blob([readFileSync(`public/${path}`)]) });

describe.each(SAMPLES.filter(({ kind }) => kind === 'image'))('$path', (sample) => {
  it('is as its meta data says', async () => {
    const { path, file } = fileOf(sample.path);
    const { images, problems, name } = await collectImages([{ path, file }]);
    const classes = classNames(images.map(({ label }) => label));
    expect({ bytes: file.size, examples: images.length, classes: classes.length }).toEqual({
      bytes: sample.bytes,
      examples: sample.examples,
      classes: sample.classes,
    });
    expect(sample.path).toBe(`samples/${name}.zip`);
    expect(problems.filter(({ severity }) => severity !== 'note')).toEqual([]);
    const each = classes.map((label) => images.filter((image) => image.label === label).length);
    expect(new Set(each).size).toBe(1);
    const sizes = await Promise.all(
      images.map(async ({ blob }) => JSON.stringify(sniffSize(new Uint8Array(await blob.arrayBuffer())))),
    );
    expect(new Set(sizes).size).toBe(1);
  });
});

describe.each(SAMPLES.filter(({ kind }) => kind === 'text'))('$path', (sample) => {
  it('is as its meta data says', async () => {
    const given = fileOf(sample.path);
    const summary = (await openTexts([given], { id: sample.id, split: DEFAULT_SPLIT })).summary();
    const labelled = summary.task === 'text-classification';
    expect({
      bytes: given.file.size,
      examples: summary.examples.length,
      classes: labelled ? summary.classes.length : 0,
    }).toEqual({ bytes: sample.bytes, examples: sample.examples, classes: sample.classes });
    expect(summary.problems.filter(({ severity }) => severity !== 'note')).toEqual([]);
    // Classes are about as large as each other
    const sizes = summary.classes.map(({ counts }) => counts.train + counts.validation + counts.test);
    expect(Math.min(...sizes)).toBeGreaterThan(0.9 * Math.max(...sizes));
  });

  it('has groups to tell results apart by', async () => {
    const summary = (await openTexts([fileOf(sample.path)], { id: sample.id, split: DEFAULT_SPLIT })).summary();
    const names = { mails: ['via'], topics: ['use'], answers: [] } as const;
    expect(summary.groups.map(({ name }) => name)).toEqual(names[sample.id as keyof typeof names]);
  });
});
