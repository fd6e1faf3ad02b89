import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { unzipSync } from 'fflate';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { importZip } from '../../src/export/import.ts';
import { exportZip } from '../../src/export/zip.ts';
import { IMAGE_MODELS } from '../../src/models/testing.ts';
import { startWasm } from '../../src/nn/backends/wasm.ts';
import { png, waves } from './png.ts';
import { type Answer, runSnippet, snippetOf, unzip } from './python.ts';
import { ownLogits, pythonSide, tuned } from './tuned.ts';

const LABELS = ['猫', 'құс "a" \\ b', '🐦'];

/** One is scaled down and cut at its sides, one scaled up and cut above and below. */
const PICTURES = [waves(301, 260, 9), waves(23, 27, 4)];

/** The tolerance that the card's snippet is held to. */
const CLOSE = 1e-4;

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'interop-'));
  await startWasm();
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const greatest = (a: readonly number[], b: readonly number[]) =>
  Math.max(...a.map((value, i) => Math.abs(value - (b[i] ?? Number.NaN))));

describe.each(IMAGE_MODELS)('$id, exported', (shipped) => {
  const own: number[][] = [];
  const answers: Answer[] = [];
  let unzipped: string;

  beforeAll(async () => {
    const model = await tuned(shipped, LABELS);
    const file = await exportZip(model, await pythonSide(shipped));
    const zip = new Uint8Array(await file.blob.arrayBuffer());
    unzipped = join(folder, shipped.id);
    await unzip(zip, unzipped);
    const imported = importZip(new Map(Object.entries(unzipSync(zip))), file.name, () => ({
      task: 'image-classification',
      processorFiles: ['preprocessor_config.json'],
    }));
    for (const [i, picture] of PICTURES.entries()) {
      const path = join(folder, `${shipped.id} ${i}.png`);
      await writeFile(path, png(picture));
      own.push(await ownLogits(imported, picture));
      answers.push(await runSnippet(unzipped, path));
    }
  });

  it('gives the same logits in Python as here', () => {
    for (const [i, { logits }] of answers.entries()) {
      expect(logits).toHaveLength(LABELS.length);
      const difference = greatest(own[i]!, logits);
      console.log(
        `${shipped.id}: greatest difference of a logit ${difference.toExponential(1)} of ${logits.map((x) => x.toFixed(3))}`,
      );
      expect(difference).toBeLessThan(CLOSE);
    }
  });

  it('gives other logits for another picture', () => expect(greatest(own[0]!, own[1]!)).toBeGreaterThan(100 * CLOSE));

  it('prints one line, its label and how sure it is, and no warning', () => {
    for (const [i, { label, printed, warnings }] of answers.entries()) {
      expect(label).toBe(LABELS[own[i]!.indexOf(Math.max(...own[i]!))]);
      expect(printed).toMatch(/^[^\n]+: \d+\.\d%\n$/);
      expect(printed.startsWith(`${label}: `)).toBe(true);
      expect(warnings).toBe('');
    }
  });

  it('has a card whose snippet is the whole program', async () => {
    const card = await readFile(join(unzipped, 'README.md'), 'utf8');
    expect(snippetOf(card)).toBe(await readFile(join(unzipped, 'classify.py'), 'utf8'));
    expect(card).not.toMatch(/undefined|NaN|null/);
  });
});
