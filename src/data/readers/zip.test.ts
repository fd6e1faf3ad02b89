import { strToU8, type Zippable, zipSync } from 'fflate';
import { describe, expect, it } from 'vitest';
import { ProblemError } from '../../protocol/problems.ts';
import { readZip, ZIP_LIMITS } from './zip.ts';
import { entryName } from './zip-names.ts';

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

  it('refuses a zip that inflates without bound', { timeout: 30_000 }, async () => {
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

  it('takes a path that leads out for the part of it that does not, and names it', async () => {
    const text = strToU8('x');
    const archive = zip({ '../../a/x.txt': text, '/b/y.txt': text, 'C:\\c\\z.txt': text, 'd/../e.txt': text });
    const { files, problems } = await readZip(blobOf(archive), 'out.zip');
    expect(files.map(({ path }) => path)).toEqual(['a/x.txt', 'b/y.txt', 'c/z.txt', 'e.txt']);
    expect(problems.map(({ code, severity, values }) => [code, severity, values.entry, values.name])).toEqual([
      ['zip-entry-outside', 'warning', '../../a/x.txt', 'a/x.txt'],
      ['zip-entry-outside', 'warning', '/b/y.txt', 'b/y.txt'],
      ['zip-entry-outside', 'warning', 'C:\\c\\z.txt', 'c/z.txt'],
    ]);
  });

  it('passes over encrypted entries, tells them together, and refuses an archive of nothing else', async () => {
    const archive = zip({ 'ä.bin': noise(900), 'b.bin': noise(900), 'c.bin': noise(900) });
    const names = ['ä.bin', 'c.bin'];
    const { files, problems } = await readZip(blobOf(encrypted(archive, names)), 'locked.zip');
    expect(files.map(({ path }) => path)).toEqual(['b.bin']);
    expect(problems).toEqual([
      { code: 'zip-encrypted', severity: 'warning', values: { file: 'locked.zip', entry: 'ä.bin', count: 2 } },
    ]);
    const all = await problemOf(readZip(blobOf(encrypted(archive, [...names, 'b.bin'])), 'locked.zip'));
    expect(all).toEqual({
      code: 'zip-encrypted',
      severity: 'error',
      values: { file: 'locked.zip', entry: 'ä.bin', count: 3 },
    });
  });

  it('reads names in the code pages of Windows', async () => {
    const cyrillic = Uint8Array.of(0x8a, 0xae, 0xe8, 0xaa, 0xa8); // Кошки
    const chinese = Uint8Array.of(0xc3, 0xa8, 0xb9, 0xb7); // 猫狗
    const western = Uint8Array.of(0x4b, 0x72, 0x84, 0x75, 0x74, 0x65, 0x72); // Kräuter in code page 437
    for (const [bytes, name] of [
      [cyrillic, 'Кошки'],
      [chinese, '猫狗'],
      [western, 'Kr\x84uter'],
    ] as const) {
      const latin = String.fromCharCode(...bytes);
      expect(entryName(`${latin}/1.jpg`)).toBe(`${name}/1.jpg`);
    }
  });

  it('keeps long names, and names in any script', async () => {
    const names = ['猫/图片.jpg', 'Қазақ тілі/сурет.jpg', 'قطط/صورة.jpg', '🐱/🐈‍⬛.jpg', `${'x'.repeat(250)}/1.jpg`];
    const { files } = await readZip(blobOf(zip(Object.fromEntries(names.map((name) => [name, noise(9)])))), 'n.zip');
    expect(files.map(({ path }) => path)).toEqual(names);
  });
});

/** By signature: where flags, length of the name and the name lie. */
const HEADERS: Record<number, number[]> = { 67324752: [6, 26, 30], 33639248: [8, 28, 46] };

/** The archive with the bit that says "encrypted" set for these entries, in both of their headers. */
function encrypted(archive: Uint8Array, names: readonly string[]): Uint8Array {
  const bytes = archive.slice();
  const view = new DataView(bytes.buffer);
  for (let i = 0; i + 46 <= bytes.length; i++) {
    const [flags, length, name] = HEADERS[view.getUint32(i, true)] ?? [];
    if (flags === undefined || length === undefined || name === undefined) continue;
    const start = i + name;
    const text = new TextDecoder().decode(bytes.subarray(start, start + view.getUint16(i + length, true)));
    if (names.includes(text)) view.setUint16(i + flags, view.getUint16(i + flags, true) | 1, true);
  }
  return bytes;
}
