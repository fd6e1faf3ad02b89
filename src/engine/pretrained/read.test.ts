import { zipSync } from 'fflate';
import { beforeAll, describe, expect, it } from 'vitest';
import { readSafetensors } from '../../lib/safetensors.ts';
import { startBackend } from '../../nn/backends/index.ts';
import { Network } from '../../nn/network.ts';
import type { DroppedFile } from '../../protocol/dataset.ts';
import { defaultsOf } from '../../protocol/options.ts';
import type { TaskMeta } from '../../tasks/meta.ts';
import { TASK_METAS } from '../../tasks/metas.ts';
import { type DroppedModel, readModel } from '../dropped-model.ts';
import { planRun, startingValues } from '../plan.ts';
import { taskMetaOf } from '../tasks.ts';
import { asFolder, checkpointFiles, fixture, withFields, withTensors } from './testing.ts';

const FULL = { id: 'full', options: {} };

async function opened(files: readonly DroppedFile[]): Promise<DroppedModel> {
  const read = await readModel(files, 'id');
  if (!read) throw new Error('no model was found');
  return read;
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
