import type { BenchModel, BenchScale } from './bench.ts';

export interface Sizes {
  batch: number;
  tokens?: number;
  vocabulary?: number;
  positions?: number;
  width?: number;
  layers?: number;
  heads?: number;
  /** Side of a picture in pixels. */
  size?: number;
  /** How many of `BLOCKS` it has. */
  blocks?: number;
}

/** `full` is what somebody fine-tunes; `small` what a software adapter does in about a second. */
export const SIZES: Readonly<Record<BenchModel, Readonly<Record<BenchScale, Sizes>>>> = {
  mlp: { small: { batch: 32 }, full: { batch: 32 } },
  'digits-cnn': { small: { batch: 8, size: 14 }, full: { batch: 32, size: 28 } },
  minilm: {
    small: { batch: 4, tokens: 16, vocabulary: 500, positions: 16, width: 48, layers: 2, heads: 4 },
    full: { batch: 8, tokens: 128, vocabulary: 30522, positions: 512, width: 384, layers: 6, heads: 12 },
  },
  'gpt-4l': {
    small: { batch: 4, tokens: 16, vocabulary: 128, positions: 16, width: 64, layers: 2, heads: 4 },
    full: { batch: 16, tokens: 128, vocabulary: 512, positions: 128, width: 256, layers: 4, heads: 4 },
  },
  gpt2: {
    small: { batch: 2, tokens: 16, vocabulary: 500, positions: 32, width: 48, layers: 3, heads: 4 },
    full: { batch: 4, tokens: 128, vocabulary: 50257, positions: 1024, width: 768, layers: 12, heads: 12 },
  },
  efficientnet: { small: { batch: 2, size: 32, blocks: 3 }, full: { batch: 16, size: 224, blocks: 7 } },
};

/** EfficientNet-Lite0 (Tan and Le 2019, table 1). */
export const BLOCKS = [
  { repeats: 1, kernel: 3, stride: 1, expand: 1, in: 32, out: 16 },
  { repeats: 2, kernel: 3, stride: 2, expand: 6, in: 16, out: 24 },
  { repeats: 2, kernel: 5, stride: 2, expand: 6, in: 24, out: 40 },
  { repeats: 3, kernel: 3, stride: 2, expand: 6, in: 40, out: 80 },
  { repeats: 3, kernel: 5, stride: 1, expand: 6, in: 80, out: 112 },
  { repeats: 4, kernel: 5, stride: 2, expand: 6, in: 112, out: 192 },
  { repeats: 1, kernel: 3, stride: 1, expand: 6, in: 192, out: 320 },
] as const;
