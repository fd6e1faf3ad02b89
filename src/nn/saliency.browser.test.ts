import { afterAll, beforeAll, expect, it } from 'vitest';
import { uniform } from '../lib/random.ts';
import { MODEL_ENGINES } from '../models/engines.ts';
import { greatestDifference } from '../models/testing.ts';
import { startBackend, stopBackend } from './backends/index.ts';
import { memoryBytes, tensorCount } from './memory.ts';
import { Network } from './network.ts';
import { profile } from './profile.ts';
import { gradCam } from './saliency.ts';
import { initial } from './weights.ts';

const architecture = MODEL_ENGINES['digits-cnn'].architecture({
  architecture: 'digits-cnn',
  image_size: 12,
  channels: 1,
  num_labels: 3,
  widths: [4, 6],
  hidden: 8,
} as never);
const network = () =>
  new Network(
    architecture,
    new Map([...profile(architecture).weights].map(([name, spec]) => [name, initial(name, spec, 3)])),
  );
const next = uniform(5);
const data = Float32Array.from({ length: 144 }, () => 2 * next() - 1);
const input = { kind: 'arrays', batch: { pixels: { data, shape: [1, 12, 12, 1], dtype: 'float32' } } } as const;

/** The maps of the three classes, and what is left of a second round on the device. */
async function maps() {
  const net = network();
  const found = [];
  for (const label of [0, 1, 2]) found.push(await gradCam(net, input, label));
  const before = [tensorCount(), memoryBytes()];
  for (const label of [0, 1, 2]) await gradCam(net, input, label);
  const after = [tensorCount(), memoryBytes()];
  net.dispose();
  return { found, before, after };
}

beforeAll(() => startBackend('webgpu'));
afterAll(stopBackend);

it('Grad-CAM on WebGPU equals that on WebAssembly, and leaves nothing on the device', async () => {
  const onWebGpu = await maps();
  await startBackend('wasm');
  const onWasm = await maps();
  await startBackend('webgpu');
  expect(onWebGpu.after).toEqual(onWebGpu.before);
  expect(onWasm.after).toEqual(onWasm.before);
  expect(onWasm.found.some(({ map }) => Math.max(...map) === 1)).toBe(true);
  for (const [i, { height, width, map }] of onWasm.found.entries()) {
    expect([height, width]).toEqual([6, 6]);
    expect(greatestDifference(onWebGpu.found[i]!.map, map)).toBeLessThan(1e-4);
  }
});
