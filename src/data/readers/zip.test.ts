import { strToU8, type Zippable, zipSync } from 'fflate';
import { describe, expect, it } from 'vitest';
import { ProblemError } from '../../protocol/problems.ts';
import { readZip, ZIP_LIMITS } from './zip.ts';

const blobOf = (bytes: Uint8Array) => new Blob([bytes as Uint8Array<ArrayBuffer>]);
const zip = (entries: Zippable) => zipSync(entries);
const noise = (length: number) => Uint8Array.from({ length }, (_, i) => Math.imul(i, 2654435761) >>> 24);
const problemOf = async (reading: Promise<unknown>) => {
  const error = await reading.catch((e: unknown) => e);
  if (!(error instanceof ProblemError)) throw new Error(`no problem: ${String(error)}`);
  return error.problem;
};

describe('readZip', () => {
  it('gives files by path, without folders and system files', async () => {
    const archive = zip({
      'herbs/': new Uint8Array(),
      'herbs/basil/1.txt': strToU8('one'),
      'herbs/mint/2.txt': [strToU8('two'), { level: 0 }],
      'herbs/empty.txt': new Uint8Array(),
      '__MACOSX/herbs/basil/._1.txt': strToU8('x'),
      'herbs/.DS_Store': strToU8('x'),
      'herbs/mint/Thumbs.db': strToU8('x'),
      'herbs\\mint\\..\\dill\\3.txt': strToU8('three'),
    });
    const { files, problems } = await readZip(blobOf(archive), 'herbs.zip');
    expect(problems).toEqual([]);
    const texts = await Promise.all(files.map(async ({ path, file }) => [path, await file.text()]));
    expect(Object.fromEntries(texts)).toEqual({
      'herbs/basil/1.txt': 'one',
      'herbs/mint/2.txt': 'two',
      'herbs/empty.txt': '',
      'herbs/dill/3.txt': 'three',
    });
  });

  it('reads entries larger than a step, and names in UTF-8 with and without the flag', async () => {
    const archive = zip({ 'Kräuter/größe.bin': noise(300_000) });
    const plain = archive.slice();
    // Bit 11 of the flags at offset 6, as macOS leaves it.
    plain[7] = plain[7]! & ~8;
    for (const bytes of [archive, plain]) {
      const { files } = await readZip(blobOf(bytes), 'a.zip');
      expect(files.map(({ path }) => path)).toEqual(['Kräuter/größe.bin']);
      expect(Buffer.compare(Buffer.from(await files[0]!.file.arrayBuffer()), noise(300_000))).toBe(0);
    }
  });

  it('keeps what comes before a cut and says so', async () => {
    const archive = zip({ 'a.bin': noise(50_000), 'b.bin': noise(90_000), 'c.bin': noise(200_000) });
    for (const part of [0.7, 0.5]) {
      const { files, problems } = await readZip(blobOf(archive.slice(0, archive.length * part)), 'cut.zip');
      expect(files.length).toBeGreaterThan(0);
      expect(files.length).toBeLessThan(3);
      expect(problems).toEqual([
        { code: 'zip-damaged', severity: 'warning', values: { file: 'cut.zip', kept: files.length } },
      ]);
    }
    // The directory alone is missing.
    const { files, problems } = await readZip(blobOf(archive.slice(0, -30)), 'cut.zip');
    expect([files.length, problems.length]).toEqual([3, 1]);
  });

  it('refuses what is no zip, an empty file and one without a whole entry', async () => {
    const archive = zip({ 'a.bin': noise(50_000) });
    for (const bytes of [noise(5000), new Uint8Array(), archive.slice(0, 2000)]) {
      const problem = await problemOf(readZip(blobOf(bytes), 'bad.zip'));
      expect(problem).toEqual({ code: 'zip-damaged', severity: 'error', values: { file: 'bad.zip', kept: 0 } });
    }
  });

  it('drops a damaged entry and keeps the others', async () => {
    const text = strToU8('all work and no play makes jack a dull boy '.repeat(400).replaceAll('jack', 'jill'));
    const archive = zip({ 'a.txt': text, 'b.txt': text });
    archive.fill(0xff, 45, 60);
    const { files, problems } = await readZip(blobOf(archive), 'x.zip');
    expect(files.map(({ path }) => path)).toEqual(['b.txt']);
    expect(problems.map(({ code, values }) => [code, values])).toEqual([
      ['zip-damaged', { file: 'x.zip', entry: 'a.txt', reason: 'entry' }],
    ]);
  });

  it('refuses a zip that inflates without bound', async () => {
    const archive = zip({ 'bomb.bmp': new Uint8Array(40 * 2 ** 20) });
    const problem = await problemOf(readZip(blobOf(archive), 'bomb.zip'));
    expect(problem.code).toBe('zip-too-large');
    expect(problem.values).toEqual({ file: 'bomb.zip', reason: 'ratio', limit: 200 });
  });

  it('takes a small archive that packs very well', async () => {
    const { files } = await readZip(blobOf(zip({ 'white.bmp': new Uint8Array(2 ** 20) })), 'white.zip');
    expect(files[0]!.file.size).toBe(2 ** 20);
  });

  it('counts entries and bytes', async () => {
    const entries = Object.fromEntries(Array.from({ length: 12 }, (_, i) => [`${i}.bin`, noise(1000)]));
    const archive = blobOf(zip(entries));
    const many = await problemOf(readZip(archive, 'many.zip', { ...ZIP_LIMITS, entries: 10 }));
    expect(many.values).toEqual({ file: 'many.zip', reason: 'entries', limit: 10 });
    const large = await problemOf(readZip(archive, 'large.zip', { ...ZIP_LIMITS, bytes: 5000 }));
    expect(large.values).toEqual({ file: 'large.zip', reason: 'bytes', limit: 5000 });
  });
});
