import { zipSync } from 'fflate';
import { beforeAll, describe, expect, it } from 'vitest';
import { readSafetensors, writeSafetensors } from '../../lib/safetensors.ts';
import { startBackend } from '../../nn/backends/index.ts';
import { Network } from '../../nn/network.ts';
import type { DroppedFile } from '../../protocol/dataset.ts';
import { defaultsOf } from '../../protocol/options.ts';
import { ProblemError } from '../../protocol/problems.ts';
import type { TaskMeta } from '../../tasks/meta.ts';
import { TASK_METAS } from '../../tasks/metas.ts';
import { type DroppedModel, readModel } from '../dropped-model.ts';
import { planRun, startingValues } from '../plan.ts';
import { taskMetaOf } from '../tasks.ts';
import { asFolder, checkpointFiles, type Files, fixture, withFields } from './testing.ts';

const FULL = { id: 'full', options: {} };

async function opened(files: readonly DroppedFile[]): Promise<DroppedModel> {
  const read = await readModel(files, 'id');
  if (!read) throw new Error('no model was found');
  return read;
}

/** The problem that reading gives. */
async function problemOf(files: readonly DroppedFile[]) {
  const error = await readModel(files, 'id').catch((e: unknown) => e);
  if (!(error instanceof ProblemError)) throw new Error(`no problem: ${String(error)}`);
  return { code: error.problem.code, ...error.problem.values };
}

/** The tensors of the only weights file, changed. */
function withTensors(
  files: Files,
  change: (tensors: Map<string, { shape: readonly number[]; data: Float32Array }>) => void,
) {
  const tensors = new Map(readSafetensors(files.get('model.safetensors')!, '')) as Parameters<typeof change>[0];
  change(tensors);
  return new Map(files).set('model.safetensors', writeSafetensors(tensors));
}

/** What the network makes of a fixture's texts, and what transformers made of them. */
async function bothOf(
  name: string,
  files: readonly DroppedFile[],
): Promise<{ ours: Float32Array; theirs: Float32Array }> {
  const { model } = await opened(files);
  const { output, id } = taskMetaOf(model.config.architecture);
  const task = {
    ...defaultsOf(Object.values<TaskMeta>(TASK_METAS).find((meta) => meta.id === id)!.options),
    ...model.summary.headOptions,
  };
  const plan = planRun(model, model.labels.length > 0 ? model.labels : ['a', 'b'], { method: FULL, task });
  const network = new Network(plan.architecture, startingValues(model, plan, 0));
  const tensors = readSafetensors(await fixture(`${name}.safetensors`), name);
  const [ids, mask] = [tensors.get('ids')!, tensors.get('mask')!];
  const int = (data: Int32Array) => ({ data, shape: ids.shape, dtype: 'int32' as const });
  const batch = {
    ids: int(ids.data as Int32Array),
    ...(output === 'class' ? { mask: int(mask.data as Int32Array), types: int(new Int32Array(ids.data.length)) } : {}),
  };
  const last = plan.architecture.stages.length - 1;
  const whole = output === 'token' || model.labels.length > 0;
  const result = whole
    ? network.logits({ kind: 'arrays', batch })
    : network.until(last, { kind: 'arrays', batch }).features!.data();
  return { ours: ((await result) as Float32Array).slice(), theirs: tensors.get('expected')!.data as Float32Array };
}

const difference = (a: Float32Array, b: Float32Array): number =>
  a.length === b.length
    ? a.reduce((most, value, i) => Math.max(most, Math.abs(value - b[i]!)), 0)
    : Number.POSITIVE_INFINITY;

const NAMES = ['bert', 'bert-labels', 'distilbert-masked', 'gpt2', 'gpt2-shards'] as const;

beforeAll(async () => {
  await startBackend('wasm');
});

describe.each(NAMES)('the checkpoint %s, as transformers saved it', (name) => {
  it('computes what transformers computes, within 1e-4', async () => {
    const { ours, theirs } = await bothOf(name, asFolder(await checkpointFiles(name)));
    expect(difference(ours, theirs)).toBeLessThan(1e-4);
    expect(Math.max(...theirs) - Math.min(...theirs)).toBeGreaterThan(0.5);
  });

  it('is the same from a zip, in a folder in it, and from what is kept of it', async () => {
    const files = await checkpointFiles(name);
    const first = await opened(asFolder(files));
    const entries = Object.fromEntries([...files].map(([path, bytes]) => [`deep/inside/${path}`, bytes]));
    const zip = new Blob([zipSync(entries) as Uint8Array<ArrayBuffer>]);
    const zipped = await opened([{ path: 'my-model.zip', file: zip }]);
    const again = await opened(zipped.files);
    for (const { model, run } of [zipped, again]) {
      expect(run).toBeUndefined();
      expect(model.summary).toEqual(first.model.summary);
      expect([...model.file]).toEqual([...first.model.file]);
      expect(model.processorFiles).toEqual(first.model.processorFiles);
    }
    expect(first.model.summary).toMatchObject({ name: 'my-model', ref: { kind: 'imported', id: 'id' } });
  });
});

describe('what is taken of a checkpoint', () => {
  it('is its own head with its labels, and the options under which it is that head', async () => {
    const { model } = await opened(asFolder(await checkpointFiles('bert-labels')));
    expect(model.labels).toEqual(['bad', 'good', 'so so']);
    expect(model.summary.headOptions).toEqual({ pooling: 'cls' });
    const plan = (pooling: string) => planRun(model, model.labels, { method: FULL, task: { maxLength: 16, pooling } });
    expect(plan('cls').keepsHead).toBe(true);
    expect(plan('mean').keepsHead).toBe(false);
  });

  it('is no head where a token was hidden, nor any weight of it', async () => {
    const { model } = await opened(asFolder(await checkpointFiles('distilbert-masked')));
    expect(model.labels).toEqual([]);
    expect(model.summary.headOptions).toBeUndefined();
    expect([...model.file.keys()].filter((key) => !/^distilbert\.(embeddings|transformer)\./.test(key))).toEqual([]);
  });

  it.each([
    ['scores', { problem_type: 'regression' }],
    ['several labels at once', { problem_type: 'multi_label_classification' }],
    ['labels of tokens', { architectures: ['BertForTokenClassification'] }],
  ])('is no head that gives %s', async (_, fields) => {
    const files = withFields(await checkpointFiles('bert-labels'), 'config.json', fields);
    expect((await opened(asFolder(files))).model.labels).toEqual([]);
  });

  it('are names of weights as TensorFlow had them', async () => {
    const files = withTensors(await checkpointFiles('bert'), (tensors) => {
      for (const [key, value] of [...tensors]) {
        const old = key.replace('LayerNorm.weight', 'LayerNorm.gamma').replace('LayerNorm.bias', 'LayerNorm.beta');
        if (old !== key && tensors.delete(key)) tensors.set(old, value);
      }
      expect([...tensors.keys()].filter((key) => key.endsWith('gamma')).length).toBe(5);
    });
    const { ours, theirs } = await bothOf('bert', asFolder(files));
    expect(difference(ours, theirs)).toBeLessThan(1e-4);
  });

  it('are special tokens that its files take for granted', async () => {
    const { model } = await opened(asFolder(await checkpointFiles('gpt2')));
    if (model.processor.kind !== 'text') throw new Error('texts are wanted');
    expect(model.processor.tokenizer.special.eos).toBe(0);
    expect(JSON.parse(model.processorFiles['tokenizer_config.json']!).eos_token).toBe('<|endoftext|>');
  });

  it('is nothing that says how it was stored, and the licence of its card', async () => {
    const card = new TextEncoder().encode('---\nlanguage: kk\nlicense: apache-2.0\n---\n# It\nlicense: mit\n');
    const files = (await checkpointFiles('bert-labels')).set('README.md', card);
    const { model } = await opened(asFolder(files));
    expect(model.origin).toMatchObject({ id: 'my-model', licence: 'apache-2.0' });
    expect(model.config).toMatchObject({ architecture: 'bert', num_labels: 3, classifier_pooling: 'cls' });
    expect(Object.keys(model.config)).not.toEqual(expect.arrayContaining(['dtype']));
  });

  it('goes by a name of its own where the site has a model of that name', async () => {
    const { model } = await opened(asFolder(await checkpointFiles('bert'), 'minilm-l6'));
    expect(model.origin.id).toBe('own-minilm-l6');
  });

  it('lies in the outermost folder that holds one; files beside it are let alone', async () => {
    const files = asFolder(await checkpointFiles('bert'), 'my-model');
    const more = ['my-model/onnx/model.onnx', 'my-model/1_Pooling/config.json', 'my-model/pytorch_model.bin'];
    const junk = more.map((path) => ({ path, file: new Blob(['{}']) }));
    const { model, files: kept } = await opened([...junk, ...files]);
    expect(model.labels).toEqual([]);
    expect(kept.map(({ path }) => path).toSorted()).toEqual(files.map(({ path }) => path).toSorted());
  });
});

describe('what is no checkpoint', () => {
  const named = (...paths: string[]) => paths.map((path) => ({ path, file: new Blob(['{}']) }));
  it.each([
    ['tables with a configuration', named('d/config.json', 'd/train.csv')],
    ['pictures with weights among them', named('d/cat/1.jpg', 'd/weights/model.safetensors')],
    ['nothing', []],
  ])('are %s', async (_, files) => expect(await readModel(files, 'id')).toBeUndefined());
});

describe('a checkpoint that is not as it should be', () => {
  let bert: Files;
  let labelled: Files;
  let gpt: Files;
  beforeAll(async () => {
    [bert, labelled, gpt] = await Promise.all([
      checkpointFiles('bert'),
      checkpointFiles('bert-labels'),
      checkpointFiles('gpt2'),
    ]);
  });
  const without = (files: Files, name: string): Files => new Map([...files].filter(([path]) => path !== name));
  const json = (value: unknown) => new TextEncoder().encode(JSON.stringify(value));

  it.each(['config.json', 'tokenizer.json', 'model.safetensors'])('lacks %s', async (missing) => {
    expect(await problemOf(asFolder(without(bert, missing)))).toEqual({
      code: 'checkpoint-incomplete',
      file: 'my-model',
      missing,
    });
  });

  it('lacks one of several files, or is the weights alone', async () => {
    const shards = without(await checkpointFiles('gpt2-shards'), 'model-00002-of-00002.safetensors');
    expect(await problemOf(asFolder(shards))).toMatchObject({ missing: 'model-00002-of-00002.safetensors' });
    const alone = [{ path: 'model.safetensors', file: new Blob([bert.get('model.safetensors')!]) }];
    expect(await problemOf(alone)).toEqual({
      code: 'checkpoint-incomplete',
      file: 'model.safetensors',
      missing: 'config.json',
    });
  });

  it('has its weights in a pickle', async () => {
    const files = without(bert, 'model.safetensors').set('pytorch_model.bin', new Uint8Array(9));
    expect(await problemOf(asFolder(files))).toEqual({
      code: 'checkpoint-pickle',
      file: 'my-model/pytorch_model.bin',
    });
  });

  it.each(['llama', 't5', undefined])('is of the type %s', async (type) => {
    const files = withFields(bert, 'config.json', { model_type: type, architectures: ['XForCausalLM'] });
    expect(await problemOf(asFolder(files))).toEqual({
      code: 'checkpoint-type',
      file: 'my-model/config.json',
      value: type ?? 'XForCausalLM',
      expected: 'bert, distilbert, gpt2',
    });
  });

  it.each([
    ['bert', { position_embedding_type: 'relative_key' }, 'position_embedding_type'],
    ['bert', { hidden_act: 'quick_gelu' }, 'hidden_act'],
    ['bert', { is_decoder: true }, 'is_decoder'],
    ['bert', { pad_token_id: 31 }, 'pad_token_id'],
    ['bert', { num_attention_heads: 5 }, 'num_attention_heads'],
    ['bert', { quantization_config: { quant_method: 'bitsandbytes' } }, 'quantization_config'],
    ['gpt2', { scale_attn_by_inverse_layer_idx: true }, 'scale_attn_by_inverse_layer_idx'],
    ['gpt2', { add_cross_attention: true }, 'add_cross_attention'],
    ['gpt2', { eos_token_id: 50256 }, 'eos_token_id'],
  ])('%s asks for %o, which is not computed', async (which, fields, field) => {
    const files = withFields(which === 'bert' ? bert : gpt, 'config.json', fields);
    expect(await problemOf(asFolder(files))).toMatchObject({
      code: 'checkpoint-option',
      file: 'my-model/config.json',
      field,
    });
  });

  it('does not say how wide it is', async () => {
    const files = withFields(bert, 'config.json', { hidden_size: undefined });
    expect(await problemOf(asFolder(files))).toMatchObject({
      code: 'model-config',
      file: 'my-model/config.json',
      field: 'hidden_size',
    });
  });

  it('has a tokenizer with more tokens than the table has rows', async () => {
    expect(await problemOf(asFolder(new Map(bert).set('tokenizer.json', gpt.get('tokenizer.json')!)))).toEqual({
      code: 'tokenizer-unfit',
      file: 'my-model/tokenizer.json',
      field: 'vocabulary',
      value: 419,
      expected: 30,
    });
  });

  it('has a token beyond the table', async () => {
    const tokenizer = JSON.parse(new TextDecoder().decode(bert.get('tokenizer.json')));
    const added = {
      content: '<x>',
      single_word: false,
      lstrip: false,
      rstrip: false,
      normalized: false,
      special: true,
    };
    const files = new Map(bert).set('tokenizer.json', json({ ...tokenizer, added_tokens: [{ id: 31, ...added }] }));
    expect(await problemOf(asFolder(files))).toMatchObject({ code: 'tokenizer-unfit', value: 31, expected: 30 });
  });

  it.each([
    ['no tokenizer', '{"a": 1}', 'tokenizer-unfit'],
    ['no JSON', '{"a": ', 'model-damaged'],
  ])('has %s in tokenizer.json', async (_, content, code) => {
    const files = new Map(bert).set('tokenizer.json', new TextEncoder().encode(content));
    expect(await problemOf(asFolder(files))).toMatchObject({ code, file: 'my-model/tokenizer.json' });
  });

  it('has a weight of another shape, or lacks one', async () => {
    const name = 'encoder.layer.1.output.dense.weight';
    const file = 'my-model/model.safetensors';
    const turned = withTensors(bert, (tensors) => tensors.set(name, { ...tensors.get(name)!, shape: [20, 12] }));
    expect(await problemOf(asFolder(turned))).toEqual({
      code: 'model-mismatch',
      file,
      field: `bert.${name}`,
      value: '20 × 12',
      expected: '12 × 20',
    });
    const lost = withTensors(bert, (tensors) => tensors.delete(name));
    expect(await problemOf(asFolder(lost))).toEqual({
      code: 'model-mismatch',
      file,
      field: 'weight-missing',
      value: `bert.${name}`,
    });
  });

  it('names fewer labels than its head has outputs, or one twice', async () => {
    for (const id2label of [
      { 0: 'a', 1: 'b' },
      { 0: 'a', 1: 'b', 2: 'a' },
    ])
      expect(await problemOf(asFolder(withFields(labelled, 'config.json', { id2label })))).toMatchObject({
        code: 'model-mismatch',
        file: 'my-model/config.json',
        field: 'id2label',
        expected: 3,
      });
  });

  it('is cut short anywhere, or its header lies', async () => {
    const whole = bert.get('model.safetensors')!;
    const weights = (bytes: Uint8Array<ArrayBuffer>) => asFolder(new Map(bert).set('model.safetensors', bytes));
    for (const length of [0, 7, 100, 3000, whole.length - 1])
      expect(await problemOf(weights(whole.slice(0, length))), `${length} bytes`).toMatchObject({
        code: 'model-damaged',
        file: 'my-model/model.safetensors',
      });
    const lying = whole.slice();
    new DataView(lying.buffer).setBigUint64(0, 2n ** 50n, true);
    expect(await problemOf(weights(lying))).toMatchObject({ code: 'model-damaged', reason: 'header' });
  });

  it('holds a weight in a type that is not read', async () => {
    const whole = bert.get('model.safetensors')!;
    const length = Number(new DataView(whole.buffer).getBigUint64(0, true));
    const header = JSON.parse(new TextDecoder().decode(whole.subarray(8, 8 + length)));
    const name = 'embeddings.word_embeddings.weight';
    const text = new TextEncoder().encode(JSON.stringify({ ...header, [name]: { ...header[name], dtype: 'F8_E4M3' } }));
    const bytes = new Uint8Array(8 + text.length + whole.length - 8 - length);
    new DataView(bytes.buffer).setBigUint64(0, BigInt(text.length), true);
    bytes.set(text, 8);
    bytes.set(whole.subarray(8 + length), 8 + text.length);
    expect(await problemOf(asFolder(new Map(bert).set('model.safetensors', bytes)))).toEqual({
      code: 'checkpoint-dtype',
      file: 'my-model/model.safetensors',
      field: `bert.${name}`,
      value: 'F8_E4M3',
    });
  });

  it('comes in a zip that was cut, or that names the archive in what it says', async () => {
    const zip = zipSync(Object.fromEntries(bert)) as Uint8Array<ArrayBuffer>;
    const cut = [{ path: 'my.zip', file: new Blob([zip.slice(0, zip.length - 4000)]) }];
    expect(await problemOf(cut)).toMatchObject({ code: 'model-damaged', file: 'my.zip', reason: 'zip' });
    const typed = zipSync(Object.fromEntries(withFields(bert, 'config.json', { model_type: 'llama' })));
    const other = [{ path: 'my.zip', file: new Blob([typed as Uint8Array<ArrayBuffer>]) }];
    expect(await problemOf(other)).toMatchObject({ code: 'checkpoint-type', file: 'my.zip/config.json' });
  });
});
