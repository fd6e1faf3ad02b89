/** What is counted, for whoever does not compute: nothing of TensorFlow.js is loaded with it. */
export const WHAT = {
  mlp: 'MLP 32-64-64-2, B 32',
  minilm: 'MiniLM-L6, B 8, T 128',
  'gpt-4l': '4-layer GPT, d 256, V 512, B 16, T 128',
  gpt2: 'GPT-2 124M, B 4, T 128',
  efficientnet: 'EfficientNet-Lite0, 224 px, B 16, frozen batch normalisation',
} as const;

export type ModelId = keyof typeof WHAT;
export const MODEL_IDS = Object.keys(WHAT) as ModelId[];
export const isModelId = (id: string): id is ModelId => Object.hasOwn(WHAT, id);

/** Of every text. */
export const TOKENS = 128;
