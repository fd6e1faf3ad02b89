/** A small random model of every architecture, under 50,000 parameters: what every method is tried on. */
import type { LoadedModel } from '../engine/model.ts';
import { uniform } from '../lib/random.ts';
import type { RawTensor } from '../lib/safetensors.ts';
import type { ModelConfig } from '../models/engine.ts';
import { MODEL_ENGINES } from '../models/engines.ts';
import type { ArchitectureId } from '../models/metas.ts';
import type { Batch } from '../nn/batch.ts';
import type { Architecture } from '../nn/core.ts';
import { toDisk } from '../nn/layout.ts';
import { profile, sizeOf } from '../nn/profile.ts';
import { initial } from '../nn/weights.ts';
import type { Processor } from '../tasks/processor.ts';

export const CLASSES = ['one', 'two', 'three'];
const CONTEXT = 64;
const VOCABULARY = 61;

/** A new architecture that has no line here does not compile. */
const CONFIGS = {
  'efficientnet-lite': {
    image_size: 32,
    channels: 3,
    stem: 8,
    head: 16,
    dropout_rate: 0,
    batch_norm_eps: 1e-3,
    batch_norm_momentum: 0.99,
    blocks: [
      { repeats: 1, kernel: 3, stride: 1, expand: 1, in: 8, out: 8 },
      { repeats: 2, kernel: 3, stride: 2, expand: 2, in: 8, out: 12 },
    ],
  },
  'digits-cnn': { image_size: 12, channels: 1, widths: [8, 12], hidden: 16 },
  bert: {
    model_type: 'bert',
    vocab_size: VOCABULARY,
    hidden_size: 16,
    num_hidden_layers: 2,
    num_attention_heads: 4,
    intermediate_size: 24,
    max_position_embeddings: CONTEXT,
    type_vocab_size: 2,
    hidden_dropout_prob: 0,
    attention_probs_dropout_prob: 0,
  },
  gpt2: {
    model_type: 'gpt2',
    vocab_size: VOCABULARY,
    n_embd: 16,
    n_layer: 2,
    n_head: 4,
    n_positions: CONTEXT,
    embd_pdrop: 0,
    attn_pdrop: 0,
    resid_pdrop: 0,
  },
} as const satisfies Record<ArchitectureId, Readonly<Record<string, unknown>>>;

/** Tables are drawn wider than a new model's, so that what is written depends on what is read. */
const TABLE = 25;

export function tinyModel(architecture: ArchitectureId): LoadedModel {
  const config: ModelConfig = { architecture, num_labels: CLASSES.length, ...CONFIGS[architecture] };
  const { inputs, stages, ...rest } = MODEL_ENGINES[architecture].architecture(config);
  const file = new Map<string, RawTensor>();
  for (const [name, spec] of profile({ inputs, stages, ...rest }).weights) {
    const drawn = initial(name, spec, 5).map((value) => (spec.role === 'table' ? TABLE * value : value));
    file.set(name, toDisk(drawn, spec) as RawTensor);
  }
  const kind = 'ids' in inputs ? 'text' : 'image';
  return {
    summary: { ref: { kind: 'shipped', id: architecture }, name: architecture } as LoadedModel['summary'],
    config,
    processor: { kind, maxLength: CONTEXT } as Processor,
    processorFiles: {},
    labels: [],
    file,
    origin: { id: architecture, licence: '', sha256: '' },
  };
}

/** A slope down, a slope to the right and a chessboard, from -1 to 1. [3, H, W, C] */
function drawings([, height, width, channels]: readonly number[]): Float32Array {
  const [h, w, c] = [height!, width!, channels!];
  return Float32Array.from({ length: 3 * h * w * c }, (_, i) => {
    const [picture, y, x] = [Math.floor(i / (h * w * c)), Math.floor(i / (w * c)) % h, Math.floor(i / c) % w];
    return [(2 * y) / h - 1, (2 * x) / w - 1, ((y >> 2) + (x >> 2)) % 2 ? 1 : -1][picture]!;
  });
}

/** Three examples that nobody mixes up, and what is to be said of them: their classes, or their next tokens. */
export function tinyBatch({ inputs, perToken }: Architecture): { input: Batch; targets: Batch } {
  const next = uniform(3);
  const tokens = [3, 8];
  const ids = () => Int32Array.from({ length: 24 }, () => 1 + Math.floor(next() * (VOCABULARY - 1)));
  const input = Object.entries(inputs).map(([name, { shape: dims, dtype }]) => {
    const shape = [3, ...(dtype === 'int32' ? [8] : dims.slice(1).map(Number))];
    const size = sizeOf(shape);
    if (dtype === 'float32') return [name, { data: drawings(shape), shape, dtype }];
    const data = name === 'ids' ? ids() : new Int32Array(size).fill(name === 'mask' ? 1 : 0);
    return [name, { data, shape, dtype }];
  });
  const targets = perToken
    ? {
        targets: { data: ids(), shape: tokens, dtype: 'int32' },
        mask: { data: new Int32Array(24).fill(1), shape: tokens, dtype: 'int32' },
      }
    : { labels: { data: Int32Array.of(0, 1, 2), shape: [3], dtype: 'int32' } };
  return { input: Object.fromEntries(input), targets: targets as Batch };
}
