import { describe, expect, it } from 'vitest';
import { sha256 } from '../lib/hash.ts';
import { download } from './download.ts';

const bytes = Uint8Array.from({ length: 5000 }, (_, i) => i % 251);
const expected = { file: 'm/model.safetensors', bytes: bytes.length, sha256: await sha256(bytes) };
const serve =
  (body: Uint8Array, status = 200) =>
  async () =>
    new Response(body as Uint8Array<ArrayBuffer>, { status });
const load = (fetcher: () => Promise<Response>, heard: number[] = []) =>
  download('http://site/m', expected, (done) => heard.push(done), fetcher);
const problem = (code: string) => ({ problem: { code, values: expect.objectContaining({ file: expected.file }) } });

describe('download', () => {
  it('gives the bytes, and tells how far it is', async () => {
    const heard: number[] = [];
    const { bytes: got, cached } = await load(serve(bytes), heard);
    expect(got).toEqual(bytes);
    expect(cached).toBe(false);
    expect([heard[0], heard.at(-1)]).toEqual([0, bytes.length]);
  });
  it('names a file that is cut short, too long, altered, missing or out of reach', async () => {
    await expect(load(serve(bytes.subarray(0, 4000)))).rejects.toMatchObject(problem('model-damaged'));
    await expect(load(serve(new Uint8Array(6000)))).rejects.toMatchObject(problem('model-damaged'));
    await expect(load(serve(bytes.map((b) => b ^ 1)))).rejects.toMatchObject(problem('model-hash'));
    await expect(load(serve(bytes, 404))).rejects.toMatchObject(problem('model-missing'));
    await expect(load(() => Promise.reject(new TypeError('offline')))).rejects.toMatchObject(problem('model-missing'));
  });
});
