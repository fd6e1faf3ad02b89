import { describe, expect, it } from 'vitest';
import { ProblemError } from '../protocol/problems.ts';
import { findTensors, isReadable, readSafetensors, readTensor, writeSafetensors } from './safetensors.ts';

/** A file with this header and data, whatever they say of each other. */
function file(header: unknown, data: Uint8Array = new Uint8Array(0), claimed?: bigint): Uint8Array {
  const text = new TextEncoder().encode(typeof header === 'string' ? header : JSON.stringify(header));
  const bytes = new Uint8Array(8 + text.length + data.length);
  new DataView(bytes.buffer).setBigUint64(0, claimed ?? BigInt(text.length), true);
  bytes.set(text, 8);
  bytes.set(data, 8 + text.length);
  return bytes;
}
const bytesOf = (...words: number[]) => new Uint8Array(Uint16Array.from(words).buffer);

function damage(bytes: Uint8Array) {
  try {
    readSafetensors(bytes, 'x.safetensors');
  } catch (error) {
    if (error instanceof ProblemError) return error.problem;
    throw error;
  }
  return undefined;
}

const TENSORS = new Map([
  ['a', { shape: [2, 2], data: Float32Array.of(1 / 3, -0, 1e-45, 3.4028234663852886e38) }],
  ['ключ', { shape: [1], data: Float32Array.of(Math.PI) }],
  ['empty', { shape: [0, 3], data: new Float32Array(0) }],
  ['scalar', { shape: [], data: Float32Array.of(7) }],
]);

describe('writing and reading', () => {
  it('keeps every bit, shape and the order', () => {
    const back = readSafetensors(writeSafetensors(TENSORS), 'x');
    expect([...back.keys()]).toEqual([...TENSORS.keys()]);
    for (const [name, { shape, data }] of TENSORS) {
      expect(back.get(name)?.shape).toEqual(shape);
      expect(new Uint8Array((back.get(name)!.data as Float32Array).buffer)).toEqual(new Uint8Array(data.buffer));
    }
  });

  it('starts the data at a multiple of eight and says what wrote it', () => {
    for (const extra of ['', 'x', 'xy', 'xyz', 'xyzw']) {
      const bytes = writeSafetensors(TENSORS, { note: extra });
      const length = Number(new DataView(bytes.buffer).getBigUint64(0, true));
      expect(length % 8).toBe(0);
      const header = JSON.parse(new TextDecoder().decode(bytes.subarray(8, 8 + length)));
      expect(header.__metadata__).toEqual({ format: 'pt', note: extra });
    }
  });

  it('writes a part of a larger buffer', () => {
    const data = Float32Array.of(9, 1, 2, 9).subarray(1, 3);
    expect(readSafetensors(writeSafetensors(new Map([['a', { shape: [2], data }]])), 'x').get('a')?.data).toEqual(
      Float32Array.of(1, 2),
    );
  });

  it('reads from any offset of a larger buffer', () => {
    const bytes = writeSafetensors(TENSORS);
    for (let shift = 0; shift < 8; shift++) {
      const shifted = new Uint8Array(bytes.length + shift + 3);
      shifted.set(bytes, shift);
      const back = readSafetensors(shifted.subarray(shift, shift + bytes.length), 'x');
      expect(back.get('a')?.data).toEqual(TENSORS.get('a')!.data);
    }
  });
});

describe('types', () => {
  const one = (dtype: string, shape: number[], data: Uint8Array) =>
    readSafetensors(file({ t: { dtype, shape, data_offsets: [0, data.length] } }, data), 'x').get('t')?.data;

  it('reads half precision exactly', () =>
    expect(one('F16', [5], bytesOf(0x3c01, 0x8000, 0x0001, 0x7bff, 0xfc00))).toEqual(
      Float32Array.of(1 + 2 ** -10, -0, 2 ** -24, 65504, Number.NEGATIVE_INFINITY),
    ));

  it('reads bfloat16 exactly, all 65,536 of them', () => {
    const all = Uint16Array.from({ length: 65536 }, (_, bits) => bits);
    const read = one('BF16', [65536], new Uint8Array(all.buffer)) as Float32Array;
    const view = new DataView(new ArrayBuffer(4));
    const wrong = [...all].filter((bits) => {
      view.setUint16(0, bits);
      return !Object.is(read[bits], view.getFloat32(0));
    });
    expect(wrong).toEqual([]);
    expect(read[0x3f80]).toBe(1);
    expect(read[0x4049]).toBe(3.140625);
    expect(read[0x0001]).toBe(2 ** -133);
  });

  it('rounds doubles to single precision', () =>
    expect(one('F64', [4], new Uint8Array(Float64Array.of(1 / 3, 1e-46, 1e39, -0).buffer))).toEqual(
      Float32Array.of(Math.fround(1 / 3), 0, Number.POSITIVE_INFINITY, -0),
    ));

  it('keeps what is no number in any precision', () => {
    expect(one('F16', [2], bytesOf(0x7e01, 0xfe00))).toEqual(Float32Array.of(Number.NaN, Number.NaN));
    expect(one('BF16', [2], bytesOf(0x7fc1, 0xff81))).toEqual(Float32Array.of(Number.NaN, Number.NaN));
  });

  it('reads integers and bytes', () => {
    expect(one('I32', [2], new Uint8Array(Int32Array.of(-5, 2 ** 30).buffer))).toEqual(Int32Array.of(-5, 2 ** 30));
    expect(one('U8', [3], Uint8Array.of(0, 7, 255))).toEqual(Uint8Array.of(0, 7, 255));
  });

  it('leaves out counters of 64 bits', () => expect(one('I64', [1], new Uint8Array(8))).toBeUndefined());
});

describe('a file that is not whole', () => {
  const tensor = (change: object) =>
    file({ t: { dtype: 'F32', shape: [2], data_offsets: [0, 8], ...change } }, new Uint8Array(8));

  it('is cut short, wherever', () => {
    const whole = writeSafetensors(TENSORS);
    for (let length = 0; length < whole.length; length++)
      expect(damage(whole.subarray(0, length)), `${length} bytes`).toMatchObject({
        code: 'model-damaged',
        values: { file: 'x.safetensors' },
      });
  });

  it.each<[string, Uint8Array]>([
    ['a header longer than the file', file('{}', undefined, 1000n)],
    ['a header longer than numbers go', file('{}', undefined, 2n ** 64n - 1n)],
    ['no JSON', file('{"t":')],
    ['text that is no UTF-8', file('{}', undefined).fill(0xff, 8)],
    ['data beyond the end', tensor({ shape: [3], data_offsets: [0, 12] })],
    ['a shape larger than its data', tensor({ shape: [4] })],
    ['a shape smaller than its data', tensor({ shape: [1] })],
    ['a range that runs backwards', tensor({ data_offsets: [8, 0] })],
    ['a range of text', tensor({ data_offsets: ['a', 'b'] })],
  ])('has %s', (_, bytes) => expect(damage(bytes)).toMatchObject({ code: 'model-damaged' }));
});

describe('a header that is not one', () => {
  const file = (header: unknown) => {
    const text = new TextEncoder().encode(JSON.stringify(header));
    const out = new Uint8Array(8 + text.length + 8);
    new DataView(out.buffer).setBigUint64(0, BigInt(text.length), true);
    out.set(text, 8);
    return out;
  };
  const entry = { dtype: 'F32', shape: [2], data_offsets: [0, 8] };
  it.each([
    ['null', null],
    ['an array', [entry]],
    ['a number', 7],
    ['a null entry', { w: null }],
    ['no shape', { w: { ...entry, shape: undefined } }],
    ['a negative size', { w: { ...entry, shape: [-2] } }],
    ['a fractional size', { w: { ...entry, shape: [0.5, 4] } }],
    ['no offsets', { w: { dtype: 'F32', shape: [2] } }],
    ['a negative offset', { w: { ...entry, data_offsets: [-8, 0] } }],
    ['a size that does not fit the shape', { w: { ...entry, shape: [3] } }],
    ['an end beyond the file', { w: { ...entry, data_offsets: [8, 16] } }],
  ])('%s is a damaged file', (_what, header) => {
    expect(() => readSafetensors(file(header), 'x')).toThrow(/model-damaged/);
  });
  it('a whole one is read', () => {
    expect(readSafetensors(file({ w: entry }), 'x').get('w')?.shape).toEqual([2]);
  });
});

describe('a file that is read tensor by tensor', () => {
  const whole = writeSafetensors(TENSORS);

  it('gives the same values, and reads nothing but what is asked for', async () => {
    const blob = new Blob([whole]);
    const read: [number, number][] = [];
    const watched = {
      size: blob.size,
      slice: (from: number, to: number) => {
        read.push([from, to]);
        return blob.slice(from, to);
      },
    };
    const places = await findTensors(watched, 'x');
    expect([...places.keys()]).toEqual([...TENSORS.keys()]);
    const begin = places.get('a')!.from;
    expect(read).toEqual([
      [0, 8],
      [8, begin],
    ]);
    for (const [name, { shape, data }] of TENSORS)
      expect(await readTensor(watched, places.get(name)!)).toEqual({ shape, data });
    expect(read.slice(2)).toEqual([...places.values()].map(({ from, to }) => [from, to]));
  });

  it('says where a tensor lies whose type is not read', async () => {
    const bytes = file({ t: { dtype: 'I8', shape: [3], data_offsets: [0, 3] } }, new Uint8Array(3));
    const place = (await findTensors(new Blob([bytes as Uint8Array<ArrayBuffer>]), 'x')).get('t')!;
    expect(place).toMatchObject({ dtype: 'I8', shape: [3] });
    expect(isReadable(place.dtype)).toBe(false);
  });

  it('is damaged where the whole one would be', async () => {
    for (let length = 0; length < whole.length; length += 3) {
      const found = await findTensors(new Blob([whole.subarray(0, length)]), 'x.safetensors').catch((e: unknown) => e);
      expect(found, `${length} bytes`).toMatchObject({ problem: { code: 'model-damaged' } });
    }
    const huge = file('{}', undefined, 2n ** 40n) as Uint8Array<ArrayBuffer>;
    await expect(findTensors(new Blob([huge]), 'x')).rejects.toMatchObject({
      problem: { values: { reason: 'header' } },
    });
  });
});
