import { openAsBlob } from 'node:fs';
import { mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { diskShape } from '../../nn/layout.ts';
import { profile, sizeOf } from '../../nn/profile.ts';
import type { DroppedFile } from '../../protocol/dataset.ts';
import { architectureOf } from '../model.ts';
import { openFiles } from '../opening.ts';
import { Studio } from '../studio.ts';
import { checkpointFiles, withFields } from './testing.ts';

/** As wide as GPT-2, with fewer words and two of its twelve blocks: 30 M weights in single precision. */
const SIZE = { n_embd: 768, n_head: 12, n_layer: 2, n_positions: 1024, vocab_size: 20_000 };

/** Of the weight `tensor` at `place`: another one everywhere, and exact in single precision. */
const valueAt = (tensor: number, place: number): number => ((place * 31 + tensor * 7919) % 65_521) / 65_536 - 0.5;

const bytesHeld = (): number => process.memoryUsage().arrayBuffers;

describe('a checkpoint of more than a hundred megabytes', () => {
  let folder: string;
  let files: DroppedFile[];
  let bytes = 0;
  let names: string[];

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'tuning-fork-'));
    const small = withFields(await checkpointFiles('gpt2'), 'config.json', SIZE);
    const fields = JSON.parse(new TextDecoder().decode(small.get('config.json')));
    const { weights } = profile(architectureOf({ ...fields, architecture: 'gpt2', num_labels: 1 }));
    names = [...weights.keys()];
    const header: Record<string, unknown> = {};
    for (const [name, spec] of weights) {
      const end = bytes + 4 * sizeOf(spec.shape);
      header[name] = { dtype: 'F32', shape: diskShape(spec), data_offsets: [bytes, end] };
      bytes = end;
    }
    const text = new TextEncoder().encode(JSON.stringify(header));
    const length = new DataView(new ArrayBuffer(8));
    length.setBigUint64(0, BigInt(text.length), true);
    const path = join(folder, 'model.safetensors');
    const file = await open(path, 'w');
    await file.write(new Uint8Array(length.buffer));
    await file.write(text);
    for (const [i, spec] of [...weights.values()].entries()) {
      const data = Float32Array.from({ length: sizeOf(spec.shape) }, (_, place) => valueAt(i, place));
      await file.write(new Uint8Array(data.buffer));
    }
    await file.close();
    files = await Promise.all(
      [...small.keys()].map(async (name) => ({
        path: `gpt2-wide/${name}`,
        file: name === 'model.safetensors' ? await openAsBlob(path) : new Blob([small.get(name)!]),
      })),
    );
  }, 60_000);
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it('is read weight by weight, and lies in memory once', async () => {
    expect(bytes).toBeGreaterThan(110e6);
    const before = bytesHeld();
    let most = 0;
    const studio = new Studio('http://site/', (event) => {
      if (event.kind === 'progress') most = Math.max(most, bytesHeld());
    });
    const opened = await openFiles(studio, files, 'new');
    if (opened.kind !== 'checkpoint') throw new Error('no checkpoint');
    const { file, summary } = await studio.model(opened.model.ref);
    expect(summary).toMatchObject({ name: 'gpt2-wide', tiedHead: true, parameters: bytes / 4 });
    // itself, and what reading its largest weight takes beside
    const largest = Math.max(...[...file.values()].map(({ data }) => data.byteLength));
    expect(most - before).toBeLessThan(bytes + 3 * largest);
    for (const [i, name] of names.entries()) {
      const { data } = file.get(name)!;
      for (const place of [0, 1, data.length >> 1, data.length - 1])
        expect(data[place], `${name} at ${place}`).toBe(valueAt(i, place));
    }
  }, 60_000);
});
