import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startBackend, stopBackend } from '../backends/index.ts';
import { gradients } from '../tape.ts';
import { type TrainingBackend, trainingBackend } from './backend.ts';
import { ALIGNMENT } from './commands.ts';
import { reads, writes } from './kernel.ts';
import { operation } from './tape.ts';
import { tileCount, tileCountOf, tiledProduct, tileFor, tileMemory } from './tile.ts';
import { Timings } from './timings.ts';
import { LiveUniform } from './uniforms.ts';
import { hasSubgroups, ROW_WAYS, WAYS, WEIGHT_WAYS, wayOf } from './way.ts';
import { settleWays } from './way-probe.ts';

let backend: TrainingBackend;

beforeAll(async () => {
  await startBackend('webgpu');
  backend = trainingBackend()!;
});
afterAll(stopBackend);

const tensorOf = (info: Parameters<ReturnType<typeof tf.engine>['makeTensorFromTensorInfo']>[0]) =>
  tf.engine().makeTensorFromTensorInfo(info);

/** y = factor x + 1 */
const scale = (x: tf.Tensor, uniform: readonly number[] | LiveUniform): tf.Tensor => {
  const y = backend.make(x.shape);
  const source = () => ({
    buffers: [reads('x'), writes('y')],
    uniforms: ['n:i32', 'factor:f32'],
    main: 'if (gid < u.n) { y[gid] = u.factor * x[gid] + 1.0; }',
  });
  backend.dispatch('test.scale', source, [x, y], uniform, Math.ceil(x.size / 64));
  return tensorOf(y);
};

describe('the training backend', () => {
  it('keeps what was uploaded from what is not submitted yet', async () => {
    const results: tf.Tensor[] = [];
    for (let i = 0; i < 8; i++) {
      const x = tf.tensor1d([i, 2 * i]);
      results.push(scale(x, [2, 1]));
      x.dispose();
    }
    const values = await Promise.all(results.map((y) => y.data()));
    expect(values.map((v) => [...v])).toEqual(Array.from({ length: 8 }, (_, i) => [i + 1, 2 * i + 1]));
    tf.dispose(results);
  });

  it('writes a live uniform anew without touching dispatches that wait', async () => {
    const uniform = new LiveUniform(backend, ['n:i32', 'factor:f32']);
    const x = tf.tensor1d([1, 2, 3]);
    const results = [2, 3, 5].map((factor) => scale(x, uniform.write([3, factor])));
    const values = await Promise.all(results.map((y) => y.data()));
    expect(values.map((v) => [...v])).toEqual([
      [3, 5, 7],
      [4, 7, 10],
      [6, 11, 16],
    ]);
    tf.dispose([x, ...results]);
    uniform.dispose();
  });

  it('writes none that something reads which waits from an earlier submission on', async () => {
    const uniform = new LiveUniform(backend, ['n:i32', 'factor:f32']);
    const x = tf.tensor1d([1]);
    uniform.write([1, 2]);
    // more than one submission of them, the last not submitted yet
    const first = Array.from({ length: 40 }, () => scale(x, uniform));
    const next = scale(x, uniform.write([1, 3]));
    const values = await Promise.all([...first, next].map((y) => y.data()));
    expect(values.map(([y]) => y)).toEqual([...first.map(() => 3), 4]);
    tf.dispose([x, ...first, next]);
    uniform.dispose();
  });

  it('has tensors in parts of a buffer, which stock kernels and reads take as any other', async () => {
    const { STORAGE, COPY_SRC, COPY_DST } = GPUBufferUsage;
    const buffer = backend.device.createBuffer({ size: 3 * ALIGNMENT, usage: STORAGE | COPY_SRC | COPY_DST });
    const part = backend.view(buffer, ALIGNMENT, [5]);
    const x = tf.tensor1d([1, 2, 3, 4, 5]);
    backend.copy(x, part);
    const view = tensorOf(part);
    const both = tf.add(view, scale(view, [5, 10]));
    expect([...(await view.data())]).toEqual([1, 2, 3, 4, 5]);
    expect([...(await both.data())]).toEqual([12, 23, 34, 45, 56]);
    tf.dispose([x, view, both]);
    buffer.destroy();
  });

  it.each([
    [1, 1, 1],
    [33, 17, 5],
    [64, 64, 64],
    [31, 100, 65],
  ])('multiplies [%i, %i] by [.., %i] in tiles, with the sums of the columns', async (m, k, n) => {
    const a = tf.randomNormal([m, k], 0, 1, 'float32', 1);
    const b = tf.randomNormal([k, n], 0, 1, 'float32', 2);
    for (const [way, side] of WAYS.flatMap((one) => [[one, 32] as const, [one, 64] as const])) {
      const size = { ...tileFor(1, 1), side, threads: side === 32 ? (64 as const) : (256 as const) };
      const y = backend.make([m, n]);
      const sums = backend.make([n]);
      const source = () => ({
        buffers: [reads('a'), reads('b'), writes('y'), writes('s')],
        uniforms: ['M:i32', 'K:i32', 'N:i32'],
        threads: size.threads,
        declarations:
          tileMemory(size) +
          tiledProduct(
            {
              name: 'product',
              rows: 'u.M',
              columns: 'u.N',
              left: (i, j) => `a[${i} * u.K + ${j}]`,
              right: (i, j) => `b[${i} * u.N + ${j}]`,
              store: (i, j, sum) => `y[${i} * u.N + ${j}] = ${sum};`,
              columnSum: (j, sum) => `s[${j}] = ${sum};`,
            },
            size,
            way,
          ),
        main: `if (group < ${tileCountOf('u.M', 'u.N', size)}) { product(group, lid, 0, u.K); }`,
      });
      backend.dispatch(`test.product.${way}.${side}`, source, [a, b, y, sums], [m, k, n], tileCount(m, n, size));
      const wantedY = tf.matMul(a, b);
      const wantedSums = tf.sum(b, 0);
      const gaps = [tf.max(tf.abs(tf.sub(tensorOf(y), wantedY))), tf.max(tf.abs(tf.sub(tensorOf(sums), wantedSums)))];
      for (const gap of gaps) expect((await gap.data())[0]!).toBeLessThan(1e-4);
    }
  });

  it('times each kernel by the device’s clock', async () => {
    expect(Timings.has(backend.device)).toBe(true);
    const x = tf.tensor1d([1, 2, 3]);
    backend.timings = new Timings(backend.device);
    const results = [1, 2, 3].map((factor) => scale(x, [3, factor]));
    const { timings } = backend;
    backend.timings = undefined;
    backend.settle();
    const [time, ...others] = await timings.read();
    expect(others).toEqual([]);
    expect(time).toMatchObject({ kernel: 'test.scale', dispatches: 3 });
    expect(time!.ms).toBeGreaterThan(0);
    expect([...(await results[2]!.data())]).toEqual([4, 7, 10]);
    tf.dispose([x, ...results]);
  });

  it('measures every way of an adapter once', async () => {
    const settle = async () => {
      const ways = new Set<string>();
      backend.onDispatch = (kernel) => ways.add(kernel);
      const settled = await settleWays(backend, 'one');
      backend.onDispatch = undefined;
      return { settled, tried: [...ways] };
    };
    const first = await settle();
    const ofRows = hasSubgroups(backend.device) ? ROW_WAYS : WAYS;
    const every = [...WAYS.map((way) => `products/${way}`), ...ofRows.map((way) => `rows/${way}`)];
    const ofWeights = WEIGHT_WAYS.map((way) => `weights/${way}`);
    expect(first.tried).toEqual([
      ...every.map((each) => `probe/${each}`),
      'probe/halves',
      ...ofWeights.map((each) => `probe/${each}`),
    ]);
    expect(await settle()).toEqual({ settled: first.settled, tried: [] });
    expect({ products: wayOf('products'), rows: wayOf('rows'), weights: wayOf('weights') }).toEqual(first.settled);
  });

  it('creates nothing in a step that was taken before', async () => {
    const step = () => {
      const x = tf.tensor1d([1, 2, 3]);
      const y = scale(x, [3, 2]);
      tf.dispose([x, y]);
      backend.settle();
    };
    for (let i = 0; i < 3; i++) step();
    const before = backend.bufferManager.numBytesAllocated;
    for (let i = 0; i < 3; i++) step();
    expect(backend.bufferManager.numBytesAllocated).toBe(before);
  });
});

describe('an operation on the tape', () => {
  /** (a, b) -> a b and a + b, element by element. */
  const both = (a: tf.Tensor, b: tf.Tensor, seen: Record<string, boolean>[]): tf.Tensor[] =>
    operation({
      inputs: { a, b },
      forward: () => ({ outputs: [backend.alias(tf.mul(a, b)), backend.alias(tf.add(a, b))], saved: [a, b] }),
      backward(_, [dp, ds], [x, y], wanted) {
        seen.push({ ...wanted });
        const by = (other: tf.Tensor) => backend.alias(tf.add(tf.mul(dp!, other), ds!));
        return { a: by(y!), b: wanted.b ? by(x!) : undefined };
      },
    });

  it('has several outputs, and is told what is wanted through stock operations too', async () => {
    const [x, y] = [tf.tensor1d([1, 2]), tf.tensor1d([3, 5])];
    const one = tf.scalar(1);
    const seen: Record<string, boolean>[] = [];
    const f = () => {
      const [product, sum] = both(tf.square(x), y, seen);
      return tf.sum(tf.add(product!, sum!)) as tf.Scalar;
    };
    // Σ x² y + x² + y by x: 2 x (y + 1)
    const { value, grads } = gradients(f, [x], one);
    expect([...(await grads[0]!.data())]).toEqual([8, 24]);
    expect((await value.data())[0]).toBe(3 + 1 + 3 + 20 + 4 + 5);
    expect(seen).toEqual([{ a: true, b: false }]);
    tf.dispose([x, y, one, value, grads[0]!]);
  });
});
