import { zipSync } from 'fflate';
import { beforeAll, describe, expect, it } from 'vitest';
import type { DroppedFile } from '../../protocol/dataset.ts';
import { ProblemError } from '../../protocol/problems.ts';
import { readModel } from '../dropped-model.ts';
import { asFolder, checkpointFiles, type Files, withFields, withTensors } from './testing.ts';

/** The problem that reading gives. */
async function problemOf(files: readonly DroppedFile[]) {
  const error = await readModel(files, 'id').catch((e: unknown) => e);
  if (!(error instanceof ProblemError)) throw new Error(`no problem: ${String(error)}`);
  return { code: error.problem.code, ...error.problem.values };
}

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
