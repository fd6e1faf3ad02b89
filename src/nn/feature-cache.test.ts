import { beforeAll, describe, expect, it } from 'vitest';
import { learner, settings, source } from '../engine/testing.ts';
import { halvesToFloats, packHalves } from '../lib/half.ts';
import type { RowFile } from '../lib/row-file.ts';
import { startBackend } from './backends/index.ts';
import { cacheFeatures } from './feature-cache.ts';

beforeAll(async () => {
  await startBackend('wasm');
});

/** A file in memory, for what the origin private file system does in a browser. */
function memoryFile(): RowFile & { closed: boolean } {
  const data = new Float32Array(100_000);
  const words = new Uint32Array(data.buffer);
  return {
    closed: false,
    write: (at, values) => words.set(new Uint32Array(values.buffer, values.byteOffset, values.length), at),
    read: (at, into) =>
      new Uint32Array(into.buffer, into.byteOffset, into.length).set(words.subarray(at, at + into.length)),
    close() {
      this.closed = true;
    },
  };
}

async function* arrays(sizes: readonly number[]) {
  let from = 0;
  for (const size of sizes) {
    yield { kind: 'arrays', batch: await source.inputs(Array.from({ length: size }, (_, i) => from + i)) } as const;
    from += size;
  }
}

describe('the output of a frozen prefix', () => {
  it.each([1, 2, 3])('is the same from the device and from a file, cut before stage %i', async (boundary) => {
    const net = learner(settings(), () => true);
    const files: ReturnType<typeof memoryFile>[] = [];
    const openFile = async () => {
      files.push(memoryFile());
      return files.at(-1)!;
    };
    const request = { boundary, openFile };
    const device = await cacheFeatures(net.network, { ...request, inputs: arrays([4, 4, 3]), place: 'device' });
    const disk = await cacheFeatures(net.network, { ...request, inputs: arrays([5, 5, 1]), place: 'disk' });
    expect([device.place, disk.place, device.bytes]).toEqual(['device', 'disk', disk.bytes]);
    const rows = Int32Array.of(10, 0, 7, 7);
    const [a, b] = [device.rows(rows), disk.rows(rows)];
    const direct = net.network.until(boundary, { kind: 'arrays', batch: await source.inputs([...rows]) });
    expect(Object.keys(a)).toEqual(Object.keys(direct));
    for (const name of Object.keys(direct)) {
      expect(a[name]!.shape).toEqual(direct[name]!.shape);
      const [x, y, z] = await Promise.all([a[name]!.data(), b[name]!.data(), direct[name]!.data()]);
      expect(x).toEqual(y);
      x.forEach((value, i) => {
        expect(value).toBeCloseTo(z[i]!, 5);
      });
    }
    device.dispose();
    disk.dispose();
    expect(files.every(({ closed }) => closed)).toBe(true);
    net.dispose();
  });

  it('in half precision is half as large, the same from both places, and every value the nearest half', async () => {
    const net = learner(settings(), () => true);
    const request = { boundary: 2, openFile: async () => memoryFile() };
    const make = (place: 'device' | 'disk', half: boolean) =>
      cacheFeatures(net.network, { ...request, inputs: arrays([4, 4, 3]), place, half });
    const [single, device, disk] = [await make('device', false), await make('device', true), await make('disk', true)];
    expect([device.bytes, disk.bytes]).toEqual([single.bytes / 2, single.bytes / 2]);
    const rows = Int32Array.of(10, 0, 7, 7);
    const [x, a, b] = [single, device, disk].map((cache) => Object.values(cache.rows(rows))[0]!);
    expect([a!.shape, b!.shape]).toEqual([x!.shape, x!.shape]);
    const values = (await x!.data()) as Float32Array;
    const nearest = halvesToFloats(new Uint16Array(packHalves(values, values.length).buffer));
    expect(await a!.data()).toEqual(nearest.slice(0, values.length));
    expect(await b!.data()).toEqual(await a!.data());
    expect(nearest.slice(0, values.length)).not.toEqual(values);
    for (const cache of [single, device, disk]) cache.dispose();
    net.dispose();
  });

  it('closes its files when the disk is full', async () => {
    const net = learner(settings());
    const file = memoryFile();
    file.write = () => {
      throw new DOMException('full', 'QuotaExceededError');
    };
    const full = cacheFeatures(net.network, {
      boundary: 2,
      inputs: arrays([4]),
      place: 'disk',
      openFile: async () => file,
    });
    await expect(full).rejects.toMatchObject({ name: 'QuotaExceededError' });
    expect(file.closed).toBe(true);
    net.dispose();
  });
});
