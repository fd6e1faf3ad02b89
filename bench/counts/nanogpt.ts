/** One training step of `@genai-fi/nanogpt`, through its public interface, on the TensorFlow.js that it brings along. */
import { forgetBuffers } from './meter.ts';
import { type ModelId, TOKENS } from './model-ids.ts';
import { StepCounter, type StepCounts } from './step-counter.ts';

/** Of a four-layer GPT in the sizes of ours; its norms are RMS and its positions rotate, which it does not let one choose. */
const CONFIG = {
  modelType: 'GenAI_NanoGPT_v1',
  vocabSize: 512,
  blockSize: TOKENS,
  nLayer: 4,
  nHead: 4,
  nEmbed: 256,
  mlpFactor: 4,
  useRope: true,
} as const;
const ROWS = 16;
/** Batches of its data set, more than are counted. */
const BATCHES = 20;

/** It takes Node for a browser's bundle without Node's modules: with a window, it asks for none of them. */
function actAsBrowser(): void {
  const document = { createElement: () => ({ getContext: () => null }) };
  Object.assign(globalThis, { window: globalThis, document });
}

/** Of its own engine, which TensorFlow.js keeps here. */
const liveBytes = (): number =>
  (globalThis as unknown as { _tfengine: { memory(): { numBytesInGPU: number } } })._tfengine.memory().numBytesInGPU;

export async function countNanoGpt(id: ModelId): Promise<StepCounts> {
  if (id !== 'gpt-4l') throw new Error(`nanogpt has no ${id}`);
  actAsBrowser();
  forgetBuffers();
  // its words are none of this output
  console.log = () => {};
  const { TeachableLLM } = await import('@genai-fi/nanogpt');
  await TeachableLLM.selectBackend('webgpu');
  const llm = TeachableLLM.create('char', CONFIG);
  const counter = new StepCounter({ batchBytes: 2 * ROWS * TOKENS * 4, liveBytes });
  const forward = llm.model.forward;
  const tokens = Uint16Array.from({ length: ROWS * TOKENS * BATCHES }, (_, i) => (i * 7919) % CONFIG.vocabSize);
  return new Promise((resolve, reject) => {
    llm.model.forward = function (...args) {
      if (!counter.begin()) resolve(counter.result);
      return forward.apply(this, args);
    };
    const options = { method: { type: 'pretraining' }, batchSize: ROWS, maxEpochs: 1, logInterval: 1e9 } as const;
    llm.training.on('error', (_, error) => reject(error));
    llm.training.job(options, [tokens], [{ id: 'tokens', name: 'tokens' }]).catch(reject);
  });
}
