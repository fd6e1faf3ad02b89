import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { SAMPLES } from '../protocol/samples.ts';
import { classNames } from './classes.ts';
import { collectImages } from './files.ts';
import { sniffSize } from './image/sniff.ts';

describe.each(SAMPLES)('$path', (sample) => {
  it('is as its meta data says', async () => {
    const bytes = readFileSync(`public/${sample.path}`);
    const file = new Blob([bytes]);
    const { images, problems, name } = await collectImages([{ path: sample.path, file }]);
    const classes = classNames(images.map(({ label }) => label));
    expect({ bytes: bytes.length, pictures: images.length, classes: classes.length }).toEqual({
      bytes: sample.bytes,
      pictures: sample.examples,
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
