import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { LoadedModel } from '../../src/engine/model.ts';
import { planRun, startingValues } from '../../src/engine/plan.ts';
import { recipeOf } from '../../src/engine/python-recipe.ts';
import { tunedWeights } from '../../src/engine/tuned-weights.ts';
import type { TunedModel } from '../../src/export/tuned-model.ts';
import { exportZip } from '../../src/export/zip.ts';
import { normal, seedOf } from '../../src/lib/random.ts';
import { readSafetensors, type TensorFile, writeSafetensors } from '../../src/lib/safetensors.ts';
import type { MethodId } from '../../src/methods/metas.ts';
import { METHOD_METAS } from '../../src/methods/metas.ts';
import type { ModelConfig } from '../../src/models/engine.ts';
import { startWasm } from '../../src/nn/backends/wasm.ts';
import type { Batch } from '../../src/nn/batch.ts';
import { Network } from '../../src/nn/network.ts';
import { defaultsOf } from '../../src/protocol/options.ts';
import { defaultSettings } from '../../src/protocol/settings.ts';
import type { Processor } from '../../src/tasks/processor.ts';
import { python, unzip } from './python.ts';
import { PUBLIC_MODELS } from './tuned.ts';

/** The tolerance that the card's snippet is held to. */
const CLOSE = 1e-4;
const CLASSES = ['猫', 'құс', '🐦'];
const CONTEXT = 64;
const WORDS = 7;

const NO_DROPOUT = Object.fromEntries(
  'hidden_dropout_prob attention_probs_dropout_prob embd_pdrop attn_pdrop resid_pdrop'
    .split(' ')
    .map((name) => [name, 0]),
);

/** A base model, as its file has it. */
interface Base {
  config: ModelConfig;
  file: TensorFile;
  input: Batch;
}

const fixtures = new URL('../../src/models/', import.meta.url);

async function texts(variant: 'bert-cls' | 'bert-mean' | 'gpt2'): Promise<Base> {
  const family = variant === 'gpt2' ? 'gpt2' : 'bert';
  const path = (end: string) => new URL(`${family}/fixtures/${variant}${end}`, fixtures);
  const config = JSON.parse(await readFile(path('.json'), 'utf8'));
  const file = readSafetensors(new Uint8Array(await readFile(path('.safetensors'))), variant);
  const ids = { data: Int32Array.from({ length: 2 * WORDS }, (_, i) => 3 + ((5 * i) % 19)), shape: [2, WORDS] };
  const ones = { ...ids, data: new Int32Array(2 * WORDS).fill(1) };
  const zeros = { ...ids, data: new Int32Array(2 * WORDS) };
  const int = <T extends object>(value: T) => ({ ...value, dtype: 'int32' as const });
  const input = family === 'gpt2' ? { ids: int(ids) } : { ids: int(ids), mask: int(ones), types: int(zeros) };
  return { config: { ...config, ...NO_DROPOUT }, file, input };
}

async function digits(): Promise<Base> {
  const folder = `${PUBLIC_MODELS}digits-cnn/`;
  const config = JSON.parse(await readFile(`${folder}config.json`, 'utf8'));
  const file = readSafetensors(new Uint8Array(await readFile(`${folder}model.safetensors`)), 'digits-cnn');
  const next = normal(seedOf(4, 0, 'pixels'));
  const data = Float32Array.from({ length: 2 * 784 }, next);
  return { config, file, input: { pixels: { data, shape: [2, 28, 28, 1], dtype: 'float32' } } };
}

const CASES = (['bert-cls', 'bert-mean', 'gpt2', 'digits-cnn'] as const).flatMap((base) =>
  (['lora', 'ia3', 'soft-prompt', 'prefix', 'adapter'] as const)
    .filter((method) => base !== 'digits-cnn' || !['soft-prompt', 'prefix'].includes(method))
    .map((method) => ({ base, method })),
);

/** A download of a model that the method has moved, and the logits that it gives here. */
async function tuned(base: Base, id: MethodId, dimensions: Record<string, number>) {
  const { config, file, input } = base;
  const isText = 'ids' in input;
  // Of what training did. On digits 0.3 would give logits of 1e5, where single precision alone is off by 0.1 in PyTorch too:
  // the relative difference stays at 5e-7.
  const spread = isText ? 0.3 : 0.02;
  const writes = config.architecture === 'gpt2';
  const model = {
    summary: { name: 'base' },
    config,
    processor: { kind: isText ? 'text' : 'image', maxLength: CONTEXT } as Processor,
    processorFiles: {},
    labels: [],
    file,
    origin: { id: 'base', licence: 'Apache-2.0', sha256: '' },
  } as unknown as LoadedModel;
  const method = { id, options: { ...defaultsOf(METHOD_METAS[id].options), ...dimensions } };
  const task = isText ? { maxLength: 16, ...(writes ? {} : { pooling: String(config.classifier_pooling) }) } : {};
  const labels = writes ? [] : CLASSES;
  const plan = planRun(model, labels, { method, task });
  const values = new Map(
    [...startingValues(model, plan, 3)].map(([name, data]) => {
      const next = normal(seedOf(2, 0, name));
      return [name, plan.trainable.has(name) ? data.map((value) => value + spread * next()) : data] as const;
    }),
  );
  const network = new Network(plan.architecture, values);
  const logits = [...(await network.logits({ kind: 'arrays', batch: input }))];
  network.dispose();
  const plain = new Network(plan.base.architecture, values);
  const without = [...(await plain.logits({ kind: 'arrays', batch: input }))];
  plain.dispose();
  const settings = { ...defaultSettings(), model: { kind: 'shipped', id: 'base' } as const, method, task };
  const exported: TunedModel = {
    title: `${id} 猫`,
    task: isText ? (writes ? 'text-generation' : 'text-classification') : 'image-classification',
    config: { ...plan.config, num_labels: labels.length },
    processorFiles: isText
      ? {}
      : {
          'preprocessor_config.json': await readFile(`${PUBLIC_MODELS}digits-cnn/preprocessor_config.json`, 'utf8'),
        },
    labels,
    ...(writes ? { prompt: '{question}' } : {}),
    ...tunedWeights({ model, plan, method, values, moved: plan.trainable }),
    pretrainedHead: { labels: [], weights: new Map() },
    base: { id: 'base', shipped: false, licence: 'Apache-2.0', sha256: '' },
    settings,
    data: { name: 'made up', classes: [], split: { validation: 0.15, test: 0.15, seed: 42 } },
    training: {
      backend: 'wasm',
      adapter: '',
      finish: 'completed',
      epoch: 1,
      step: 1,
      seconds: 1,
      trainable: 1,
      total: 1,
    },
    history: [],
  };
  return { exported, logits, without };
}

/** Loads as the card says, each part of it that is there, and tells the logits of a batch. */
const TELL = `
import json, sys, warnings
import torch
from safetensors.torch import load_file
what, network, batch = sys.argv[1], sys.argv[2], json.loads(sys.argv[3])
if network == "DigitsCnn":
    from digits_cnn import DigitsCnn
    model = DigitsCnn(num_labels=3)
    print(model.load_state_dict(load_file("model.safetensors"), strict=True), file=sys.stderr)
else:
    import transformers, mean_pooled
    kind = getattr(transformers, network, None) or getattr(mean_pooled, network)
    lenient = {"strict": False} if network == "MeanPooledClassifier" else {}
    model = kind.from_pretrained("base", **lenient) if what == "peft-on-base" else kind.from_pretrained(".")
if what.startswith("peft"):
    from peft import PeftModel
    model = PeftModel.from_pretrained(model, "adapter")
if what == "bottlenecks":
    from bottlenecks import add_bottlenecks
    add_bottlenecks(model, ".")
model.eval()
with torch.inference_mode():
    if network == "DigitsCnn":
        logits = model(torch.tensor(batch["pixels"]).reshape(-1, 28, 28, 1).movedim(-1, 1))
    else:
        logits = model(**{name: torch.tensor(value) for name, value in batch.items()}).logits
print(json.dumps({"logits": logits.tolist(), "shape": list(logits.shape)}))
`;

const NAMES: Readonly<Record<string, string>> = { ids: 'input_ids', mask: 'attention_mask', types: 'token_type_ids' };

function batchOf(input: Batch): string {
  const rows = Object.entries(input).map(([name, { data, shape }]) => {
    const width = data.length / shape[0]!;
    return [
      NAMES[name] ?? name,
      shape
        .slice(0, 1)
        .flatMap((n) => Array.from({ length: n }, (_, i) => [...data.slice(i * width, (i + 1) * width)])),
    ];
  });
  return JSON.stringify(Object.fromEntries(rows));
}

const greatest = (a: readonly number[], b: readonly number[]) =>
  Math.max(...a.map((value, i) => Math.abs(value - (b[i] ?? Number.NaN))));

describe.each(CASES)('$method on $base, exported', ({ base: which, method }) => {
  let folder: string;
  let unzipped: string;
  let base: Base;
  let made: Awaited<ReturnType<typeof tuned>>;
  beforeAll(async () => {
    await startWasm();
    folder = await mkdtemp(join(tmpdir(), 'interop-'));
    unzipped = join(folder, 'model');
    base = which === 'digits-cnn' ? await digits() : await texts(which);
    made = await tuned(base, method, { rank: 3, tokens: 3, width: 5 });
    const recipe = recipeOf(made.exported);
    const source = async (name: string) =>
      readFile(`${PUBLIC_MODELS}${name === 'digits_cnn.py' ? 'digits-cnn/' : ''}${name}`, 'utf8');
    const names = [...recipe.files, 'mean_pooled.py', ...(recipe.method?.files ?? [])];
    const files = Object.fromEntries(await Promise.all(names.map(async (name) => [name, await source(name)] as const)));
    const file = await exportZip(made.exported, { recipe, files });
    await unzip(new Uint8Array(await file.blob.arrayBuffer()), unzipped);
    await mkdir(join(unzipped, 'base'));
    const config = { ...base.config, num_labels: CLASSES.length, id2label: undefined, label2id: undefined };
    await writeFile(join(unzipped, 'base/config.json'), JSON.stringify(config));
    const stored = new Map(
      [...base.file].filter(([, { data }]) => data instanceof Float32Array),
    ) as unknown as TunedModel['weights'];
    await writeFile(join(unzipped, 'base/model.safetensors'), writeSafetensors(stored, { format: 'pt' }));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  const network = {
    'bert-cls': 'AutoModelForSequenceClassification',
    'bert-mean': 'MeanPooledClassifier',
    gpt2: 'AutoModelForCausalLM',
    'digits-cnn': 'DigitsCnn',
  }[which];
  const merges = method === 'lora' || method === 'ia3';
  const ways = [
    merges ? 'merged' : method === 'adapter' ? 'bottlenecks' : 'peft',
    ...(merges && which !== 'digits-cnn' ? ['peft-on-base'] : []),
  ];

  it.each(ways)('gives the same logits in Python: %s', async (way) => {
    const { stdout } = await python(unzipped, '-c', TELL, way, network, batchOf(base.input));
    const told = JSON.parse(stdout) as { logits: unknown[][]; shape: number[] };
    let { logits } = told;
    // a prompt's own places are answered too
    if (which === 'gpt2' && method === 'soft-prompt') logits = logits.map((row) => row.slice(3));
    const theirs = logits.flat(2) as number[];
    expect(theirs).toHaveLength(made.logits.length);
    const difference = greatest(made.logits, theirs);
    console.log(`${method} on ${which}, ${way}: greatest difference of a logit ${difference.toExponential(1)}`);
    expect(difference).toBeLessThan(CLOSE);
    // and they are the method's
    if (!merges) expect(greatest(made.without, made.logits)).toBeGreaterThan(100 * CLOSE);
  });
});
