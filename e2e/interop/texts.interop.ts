import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { unzipSync } from 'fflate';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { architectureOf as networkOf } from '../../src/engine/model.ts';
import { importZip } from '../../src/export/import.ts';
import type { ImportedModel, TunedModel } from '../../src/export/tuned-model.ts';
import { exportZip } from '../../src/export/zip.ts';
import { readSafetensors } from '../../src/lib/safetensors.ts';
import { MODEL_METAS, shippedModel } from '../../src/models/metas.ts';
import { startWasm } from '../../src/nn/backends/wasm.ts';
import { fromDisk, toDisk } from '../../src/nn/layout.ts';
import { Network } from '../../src/nn/network.ts';
import { profile } from '../../src/nn/profile.ts';
import { initial } from '../../src/nn/weights.ts';
import type { OptionValues } from '../../src/protocol/options.ts';
import { defaultSettings } from '../../src/protocol/settings.ts';
import { PROCESSOR_FILES, processorOf, type TextProcessor } from '../../src/tasks/processor.ts';
import { engine as classification } from '../../src/tasks/text-classification/engine.ts';
import { encodePrompt } from '../../src/tasks/text-generation/encode.ts';
import { engine as generation } from '../../src/tasks/text-generation/engine.ts';
import { python, snippetOf, unzip } from './python.ts';
import { moved, PUBLIC_MODELS } from './tuned.ts';

/** The tolerance that the card's snippet is held to. */
const CLOSE = 1e-4;
const LABELS = ['猫', 'құс "a" \\ b', '🐦'];

const CASES = [
  { id: 'minilm-l6', options: { maxLength: 16, pooling: 'mean' } },
  { id: 'minilm-l6', options: { maxLength: 16, pooling: 'cls' } },
  {
    id: 'tiny-gpt',
    options: { template: 'dialogue', answerOnly: true, maxLength: 64, packing: false, samplePrompt: '' },
  },
] as const satisfies readonly { id: string; options: OptionValues }[];

/** Short; longer than is read; in scripts that the model does not know. */
const TEXTS = ['A cat.', `${'The dog barked at the moon, and '.repeat(5)}slept.`, 'Мысық сүт ішеді. 猫喝牛奶。'];

const modelsFile = (path: string) => readFile(`${PUBLIC_MODELS}${path}`);
const modelsText = async (path: string) => (await modelsFile(path)).toString('utf8');

/** A shipped model as a run would leave it: every weight moved, and a head where it needs one. */
async function tuned(id: string, options: OptionValues): Promise<TunedModel> {
  const shipped = shippedModel(id)!;
  const writes = shipped.architecture === 'gpt2';
  const config = {
    ...(JSON.parse(await modelsText(`${id}/config.json`)) as TunedModel['config']),
    ...(writes ? generation : classification).config(options),
    num_labels: LABELS.length,
  };
  const file = readSafetensors(new Uint8Array(await modelsFile(`${id}/model.safetensors`)), id);
  const weights = new Map(
    [...profile(networkOf(config)).weights].map(([name, spec]) => {
      const raw = file.get(name);
      const stored = raw
        ? { shape: raw.shape, data: moved(name, raw.data as Float32Array) }
        : toDisk(initial(name, { ...spec, init: 'normal' }, 3), spec);
      return [name, stored] as const;
    }),
  );
  const processorFiles = Object.fromEntries(
    await Promise.all(PROCESSOR_FILES.text.map(async (name) => [name, await modelsText(`${id}/${name}`)] as const)),
  );
  const counts = { train: 20, validation: 4, test: 4 };
  return {
    title: `猫 · құс · 🐦 ${id}`,
    task: writes ? 'text-generation' : 'text-classification',
    config,
    processorFiles,
    labels: writes ? [] : LABELS,
    ...(writes ? { prompt: generation.prompt!(options) } : {}),
    weights,
    pretrainedHead: { labels: [], weights: new Map() },
    base: { id, shipped: true, licence: shipped.licence, sha256: shipped.sha256 },
    settings: {
      ...defaultSettings(),
      model: { kind: 'shipped', id },
      method: { id: 'full', options: {} },
      task: options,
    },
    data: {
      name: 'made up',
      classes: writes ? [{ name: '', counts }] : LABELS.map((name) => ({ name, counts })),
      split: { validation: 0.15, test: 0.15, seed: 42 },
    },
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
}

/** Logits by our own engine: of a text's classes, or of the first token of an answer. */
async function ownLogits(model: ImportedModel, options: OptionValues, text: string): Promise<number[]> {
  const context = Number(model.config.max_position_embeddings ?? model.config.n_positions);
  const processor = processorOf('text', model.processorFiles, 'exported', context) as TextProcessor;
  const weights = profile(networkOf(model.config)).weights;
  const values = new Map(
    [...weights].map(([name, spec]) => [name, fromDisk(model.weights.get(name)!, spec)!] as const),
  );
  const network = new Network(networkOf(model.config), values);
  const writes = model.task === 'text-generation';
  const ids = writes
    ? encodePrompt(processor.tokenizer, [{ role: 'user', content: text }], options.template as 'dialogue')
    : [];
  const batch = writes
    ? { ids: { data: Int32Array.from(ids), shape: [1, ids.length], dtype: 'int32' as const } }
    : await classification.read({ kind: 'text', text }, processor, options);
  const logits = await network.logits({ kind: 'arrays', batch });
  network.dispose();
  return [...(writes ? logits.slice(-processor.tokenizer.vocabulary) : logits)];
}

/** Runs the card's program on a text, and tells its logits. */
const TELL = `
import contextlib, io, json, runpy, sys
printed = io.StringIO()
sys.argv = sys.argv[1:]
with contextlib.redirect_stdout(printed):
    names = runpy.run_path(sys.argv[0], run_name="__main__")
print(json.dumps({"logits": names["logits"].tolist(), "printed": printed.getvalue()}))
`;

const greatest = (a: readonly number[], b: readonly number[]) =>
  Math.max(...a.map((value, i) => Math.abs(value - (b[i] ?? Number.NaN))));

describe.each(CASES)('$id $options, exported', ({ id, options }) => {
  let folder: string;
  let imported: ImportedModel;
  let unzipped: string;
  beforeAll(async () => {
    await startWasm();
    folder = await mkdtemp(join(tmpdir(), 'interop-'));
    unzipped = join(folder, 'model');
    const model = await tuned(id, options);
    const { python: recipe } = MODEL_METAS[model.config.architecture as 'bert' | 'gpt2'];
    const pooled = model.config.classifier_pooling === 'mean';
    const files: Record<string, string> = pooled ? { 'mean_pooled.py': await modelsText('mean_pooled.py') } : {};
    const file = await exportZip(model, { recipe, files });
    const zip = new Uint8Array(await file.blob.arrayBuffer());
    await unzip(zip, unzipped);
    imported = importZip(new Map(Object.entries(unzipSync(zip))), file.name, () => ({
      task: model.task,
      processorFiles: PROCESSOR_FILES.text,
    }));
    const card = await readFile(join(unzipped, 'README.md'), 'utf8');
    expect(card).not.toMatch(/undefined|NaN|null/);
    await writeFile(join(unzipped, 'program.py'), snippetOf(card));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it('gives the same logits in Python as here, by the snippet of its card', async () => {
    const all: number[][] = [];
    for (const text of TEXTS) {
      const { stdout } = await python(unzipped, '-c', TELL, 'program.py', text);
      const { logits, printed } = JSON.parse(stdout) as { logits: number[]; printed: string };
      const own = await ownLogits(imported, options, text);
      expect(logits).toHaveLength(own.length);
      const difference = greatest(own, logits);
      console.log(
        `${id}: greatest difference of a logit ${difference.toExponential(1)}; ${printed.trim().slice(0, 60)}`,
      );
      expect(difference).toBeLessThan(CLOSE);
      all.push(own);
    }
    expect(greatest(all[0]!, all[1]!)).toBeGreaterThan(100 * CLOSE);
  });

  it('is a folder that transformers loads as it is, every weight of it', async () => {
    const auto = imported.task === 'text-generation' ? 'AutoModelForCausalLM' : 'AutoModelForSequenceClassification';
    if (imported.config.classifier_pooling === 'mean') return;
    const { stdout } = await python(
      unzipped,
      '-c',
      `from transformers import ${auto}
_, info = ${auto}.from_pretrained(".", output_loading_info=True)
print(sorted(info["missing_keys"]), sorted(info["unexpected_keys"]), sorted(info["mismatched_keys"]))`,
    );
    expect(stdout.trim()).toBe('[] [] []');
  });
});
