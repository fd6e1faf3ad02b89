import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, it } from 'vitest';
import { tinyModel } from '../methods/testing.ts';
import { startBackend } from '../nn/backends/index.ts';
import { memoryBytes } from '../nn/memory.ts';
import { Networks } from './networks.ts';
import { IDS, learner, prefixOf, runToEnd, settings } from './testing.ts';

beforeAll(async () => {
  await startBackend('wasm');
});

it('the most memory of a run is its own, whatever else is on the device', async () => {
  const o = settings({ epochs: 2 });
  const peak = async (beside?: () => number) => {
    const net = learner(o);
    const { status } = await runToEnd(o, net, { beside });
    net.dispose();
    return status;
  };
  const alone = await peak();
  const others = tf.zeros([1 << 20]);
  const among = await peak(() => 4 * others.size);
  expect(among.peakBytes).toBe(alone.peakBytes);
  // the count of the device has both
  expect(among.memoryBytes).toBe(alone.memoryBytes + 4 * others.size);
  others.dispose();
});

it('networks that answer, and a prefix of another run, are counted as what they take', async () => {
  const networks = new Networks();
  const before = memoryBytes();
  networks.pretrained(tinyModel('digits-cnn'), {});
  expect(networks.bytesBeside(undefined)).toBe(memoryBytes() - before);
  expect(networks.bytesBeside(undefined)).toBeGreaterThan(10_000);
  const o = settings();
  const net = learner(o, (name) => name.startsWith('classifier'));
  const without = memoryBytes();
  const cache = (await networks.prefix('mine', () => prefixOf(net, o)))!;
  const own = memoryBytes() - without;
  expect(own).toBeGreaterThan(4 * (IDS.train.length + IDS.validation.length));
  expect(networks.bytesBeside(undefined) - networks.bytesBeside(cache)).toBe(own);
  networks.dispose();
  expect(networks.bytesBeside(undefined)).toBe(0);
  net.dispose();
});
