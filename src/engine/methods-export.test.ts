import { readFile } from 'node:fs/promises';
import { beforeAll, describe, expect, it } from 'vitest';
import { tunedModel, unzipped } from '../export/testing.ts';
import type { TunedModel } from '../export/tuned-model.ts';
import { exportZip } from '../export/zip.ts';
import { normal, seedOf } from '../lib/random.ts';
import type { MethodMeta } from '../methods/meta.ts';
import { METHOD_METAS } from '../methods/metas.ts';
import { CLASSES, tinyBatch, tinyModel } from '../methods/testing.ts';
import { type ArchitectureId, MODEL_METAS } from '../models/metas.ts';
import { greatestDifference } from '../models/testing.ts';
import { startBackend } from '../nn/backends/index.ts';
import type { Architecture } from '../nn/core.ts';
import { Network } from '../nn/network.ts';
import type { WeightValues } from '../nn/weights.ts';
import { defaultsOf } from '../protocol/options.ts';
import { ProblemError } from '../protocol/problems.ts';
import { readModel } from './dropped-model.ts';
import { planRun, startingValues } from './plan.ts';
import { recipeOf } from './python-recipe.ts';
import { tunedValues } from './runs.ts';
import { taskIdOf, taskMetaOf } from './tasks.ts';
import { tunedWeights } from './tuned-weights.ts';

/** Every method on every architecture that it fits, from the registries: saved, dropped back, and going on. */

const METHODS: readonly MethodMeta[] = Object.values(METHOD_METAS);
const ARCHITECTURES = Object.keys(MODEL_METAS) as ArchitectureId[];
const PAIRS = ARCHITECTURES.flatMap((architecture) => METHODS.map((method) => ({ architecture, ...method })));

const models = new URL('../../public/models/', import.meta.url);
const text = (path: string) => readFile(new URL(path, models), 'utf8');

/** What makes the inputs of each: its vocabulary is another one, but nothing is read here. */
async function processorFiles(architecture: ArchitectureId): Promise<Record<string, string>> {
  const { input } = taskMetaOf(architecture);
  if (input === 'image') {
    const channels = architecture === 'digits-cnn' ? 1 : 3;
    const side = architecture === 'digits-cnn' ? 12 : 32;
    const each = (value: number) => new Array(channels).fill(value);
    const fields = { do_center_crop: true, size: { height: side, width: side }, channels, rescale_factor: 1 / 255 };
    return { 'preprocessor_config.json': JSON.stringify({ ...fields, image_mean: each(0.5), image_std: each(0.5) }) };
  }
  const folder = architecture === 'gpt2' ? 'tiny-gpt' : 'minilm-l6';
  const names = ['tokenizer.json', 'tokenizer_config.json'];
  return Object.fromEntries(
    await Promise.all(names.map(async (name) => [name, await text(`${folder}/${name}`)] as const)),
  );
}

async function logitsOf(architecture: Architecture, values: WeightValues): Promise<Float32Array> {
  const network = new Network(architecture, values);
  const logits = (await network.logits({ kind: 'arrays', batch: tinyBatch(architecture).input })).slice();
  network.dispose();
  return logits;
}

const methodOf = ({ id, options }: Pick<MethodMeta, 'id' | 'options'>) => ({ id, options: defaultsOf(options) });

/** A model after a run: what trains has moved. Undefined where the method does not fit. */
async function tried(
  architecture: ArchitectureId,
  meta: Pick<MethodMeta, 'id' | 'options'>,
  also: readonly string[] = [],
) {
  const model = { ...tinyModel(architecture), processorFiles: await processorFiles(architecture) };
  const taskMeta = taskMetaOf(architecture);
  const classes = taskMeta.output === 'token' ? [] : CLASSES;
  const task = defaultsOf(taskMeta.options);
  const method = methodOf(meta);
  let plan: ReturnType<typeof planRun>;
  try {
    plan = planRun(model, classes, { method, task });
  } catch (error) {
    if (error instanceof ProblemError) return undefined;
    throw error;
  }
  const moved = new Set([...plan.trainable, ...also]);
  const values = new Map(
    [...startingValues(model, plan, 7)].map(([name, data]) => {
      const next = normal(seedOf(1, 0, name));
      return [name, moved.has(name) ? data.map((value) => value + 0.1 * next()) : data] as const;
    }),
  );
  const tuned = tunedWeights({ model, plan, method, values, moved });
  const base = tunedModel();
  const exported: TunedModel = {
    ...base,
    task: taskIdOf(architecture),
    config: { ...plan.config, num_labels: classes.length },
    processorFiles: model.processorFiles,
    labels: classes,
    pretrainedHead: { labels: [], weights: new Map() },
    settings: { ...base.settings, method, task },
    ...tuned,
  };
  return { model, plan, values, exported, logits: await logitsOf(plan.architecture, values) };
}
type Tried = NonNullable<Awaited<ReturnType<typeof tried>>>;

/** An image model's download has the head that it came with; which one does not matter here. */
function withOldHead({ exported, plan }: Tried): TunedModel {
  if (exported.task !== 'image-classification') return exported;
  const weights = new Map([...exported.weights].filter(([name]) => plan.head.has(name)));
  return { ...exported, pretrainedHead: { labels: CLASSES, weights } };
}

async function saved(one: Tried) {
  const model = withOldHead(one);
  const recipe = recipeOf(model);
  const files = Object.fromEntries([...recipe.files, ...(recipe.method?.files ?? [])].map((name) => [name, '#']));
  const file = await exportZip(model, { recipe, files });
  return { file, entries: await unzipped(file) };
}

async function back(one: Tried) {
  const { file, entries } = await saved(one);
  const dropped = await readModel([{ path: 'tuned.zip', file: file.blob as File }], 'back');
  return { model: dropped!.model, run: dropped!.run!, entries };
}

beforeAll(async () => {
  await startBackend('wasm');
});

describe.each(PAIRS)('$id on $architecture', (pair) => {
  it('is saved, and comes back with the same logits, and goes on', async () => {
    const one = await tried(pair.architecture, pair);
    if (!one) return;
    const { model, run, entries } = await back(one);
    const logits = await logitsOf(run.plan.architecture, tunedValues(run));
    expect(greatestDifference(logits, one.logits)).toBeLessThan(one.plan.method.merge ? 1e-4 : 1e-6);
    const own = [...one.plan.profile.weights.keys()].filter((name) => !one.plan.base.profile.weights.has(name));
    expect(entries.has('method.json')).toBe(own.length > 0 && !one.plan.method.merge);
    // the weights' file is that of the architecture that config.json names
    const config = JSON.parse(new TextDecoder().decode(entries.get('config.json')));
    expect(config.architecture).toBe(pair.architecture);
    const card = new TextDecoder().decode(entries.get('README.md'));
    expect(card).not.toMatch(/undefined|NaN/);
    expect(card.includes('add_bottlenecks') || card.includes('PeftModel')).toBe(
      entries.has('method.json') || entries.has('adapter/adapter_config.json'),
    );
    // the same method goes on from there, and full fine-tuning moves what it added too
    const again = planRun(model, model.labels, run.settings);
    expect(
      greatestDifference(await logitsOf(again.architecture, startingValues(model, again, 1)), logits),
    ).toBeLessThan(1e-6);
    const full = planRun(model, model.labels, { ...run.settings, method: { id: 'full', options: {} } });
    for (const name of one.exported.applied?.weights.keys() ?? []) expect(full.trainable.has(name), name).toBe(true);
  });
});

const problemOf = (run: () => unknown) => {
  try {
    run();
    return undefined;
  } catch (error) {
    return (error as ProblemError).problem;
  }
};

describe('a model that a method is part of', () => {
  it('takes what adds nothing or is merged, and no second method with weights of its own', async () => {
    const one = await tried('bert', METHOD_METAS['soft-prompt']);
    const { model, run } = await back(one!);
    const plan = (id: keyof typeof METHOD_METAS) =>
      planRun(model, model.labels, { ...run.settings, method: methodOf(METHOD_METAS[id]) });
    expect(problemOf(() => plan('adapter'))).toMatchObject({
      code: 'method-applied',
      values: { method: 'soft-prompt' },
    });
    expect(plan('lora').trainable.has('prompt_embeddings')).toBe(false);
    expect([...plan('soft-prompt').trainable]).toContain('prompt_embeddings');
    // the context that is left is narrowed once
    const { tokens } = methodOf(METHOD_METAS['soft-prompt']).options;
    expect(model.processor).toMatchObject({ maxLength: 64 - Number(tokens) });
  });

  it('has options such as the method takes, whatever its file says, or is refused by name', async () => {
    const { file, entries } = await saved((await tried('bert', METHOD_METAS['soft-prompt']))!);
    const changed = (fields: unknown) =>
      readModel(
        [...entries].map(([path, bytes]) => ({
          path: `tuned/${path}`,
          file: new Blob([
            path === 'method.json' ? JSON.stringify(fields) : (bytes as Uint8Array<ArrayBuffer>),
          ]) as File,
        })),
        file.name,
      );
    await expect(changed({ id: 'soft-prompt', options: { tokens: 'many' } })).resolves.toMatchObject({
      model: { applied: { id: 'soft-prompt', options: { tokens: 8 } } },
    });
    await expect(changed({ id: 'magic' })).rejects.toMatchObject({
      problem: { code: 'model-config', values: { file: 'method.json', field: 'id', value: 'magic' } },
    });
  });
});

describe('an adapter folder', () => {
  it('of what is merged is there only where nothing else of the model moved', async () => {
    const without = await saved((await tried('gpt2', METHOD_METAS.lora))!);
    expect(without.entries.has('adapter/adapter_config.json')).toBe(true);
    const also = ['transformer.h.1.mlp.c_fc.weight'];
    const moved = await saved((await tried('gpt2', METHOD_METAS.lora, also))!);
    expect(moved.entries.has('adapter/adapter_config.json')).toBe(false);
  });
});
