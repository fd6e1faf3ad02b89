import { beforeAll, describe, expect, it } from 'vitest';
import { SHIPPED_MODELS } from '../models/metas.ts';
import { greatestDifference } from '../models/testing.ts';
import { startBackend } from '../nn/backends/index.ts';
import { cacheFeatures } from '../nn/feature-cache.ts';
import { Learner } from '../nn/learner.ts';
import { OPTIMIZERS } from '../nn/optimizers/index.ts';
import type { Augmentation } from '../protocol/augmentation.ts';
import { defaultsOf, type OptionValues } from '../protocol/options.ts';
import type { TextMapping } from '../protocol/text.ts';
import type { ExampleSource } from '../tasks/engine.ts';
import { sourceOf } from './examples.ts';
import type { LoadedModel } from './model.ts';
import { planRun, startingValues } from './plan.ts';
import { prefixInputs } from './prefix.ts';
import { taskMetaOf, taskOf } from './tasks.ts';
import { LABELLED, PAIRS, sample, studioWith } from './testing/texts.ts';
import { figures, runToEnd, settings } from './testing.ts';
import { thesaurusFor } from './thesaurus.ts';

beforeAll(async () => {
  await startBackend('wasm');
});

/** What each shipped model for texts is given. */
const ON: Readonly<Record<string, { file: string; mapping: TextMapping; task: OptionValues }>> = {
  'text-classification': { file: 'topics.csv', mapping: LABELLED, task: { maxLength: 24 } },
  'text-generation': { file: 'answers.jsonl', mapping: PAIRS, task: { maxLength: 64, packing: false } },
};
const CASES = SHIPPED_MODELS.filter(({ input }) => input.kind === 'text').map(({ id, architecture }) => {
  const { id: task } = taskMetaOf(architecture);
  return { id, writes: task === 'text-generation', ...ON[task]! };
});

interface Case {
  model: LoadedModel;
  source: ExampleSource;
  ids: { train: readonly number[]; validation: readonly number[] };
  classes: readonly string[];
  task: ReturnType<typeof settings>['task'];
}

const FIRST = 24;

/** Real texts and the first layers of a real model. */
async function caseOf(id: string, file: string, mapping: TextMapping, task: OptionValues = {}): Promise<Case> {
  const data = await sample(file, mapping, 7);
  const studio = studioWith(data);
  const whole = await studio.model({ kind: 'shipped', id });
  const model = { ...whole, config: { ...whole.config, num_hidden_layers: 3, n_layer: 3 } };
  const view = studio.needDataset();
  const options = { ...defaultsOf(taskMetaOf(model.config.architecture).options), ...task };
  return {
    model,
    source: sourceOf(
      view,
      model,
      options,
      await thesaurusFor(studio.root, { ...settings().augmentation, synonyms: 1 }),
    ),
    ids: { train: view.ids('train').slice(0, FIRST), validation: view.ids('validation').slice(0, 9) },
    classes: view.classes,
    task: options,
  };
}

/** Two epochs of the last layers, all before them frozen. */
async function course(
  { model, source, ids, classes, task }: Case,
  cached: 'device' | 'disk' | 'no',
  changes: Partial<Augmentation> = {},
) {
  const base = settings({ epochs: 2, batchSize: 5, learningRate: 1e-3, task });
  const o = { ...base, augmentation: { ...base.augmentation, ...changes } };
  const plan = planRun(model, classes, { method: { id: 'last-n', options: { stages: 3 } }, task });
  const net = new Learner({
    architecture: plan.architecture,
    values: startingValues(model, plan, 3),
    trainable: plan.trainable,
    optimizer: OPTIMIZERS.adamw,
    objective: taskOf(model.config.architecture).objective,
    seed: 1,
    batchStatistics: false,
    clipNorm: 0,
  });
  expect(net.boundary).toBeGreaterThan(0);
  const cache =
    cached === 'no'
      ? undefined
      : await cacheFeatures(net.network, {
          boundary: net.boundary,
          inputs: prefixInputs({ source, ids, settings: o }, () => {}),
          place: cached,
          padded: source.ragged?.padded,
          openFile: async () => memoryFile(),
        });
  const { points } = await runToEnd(o, net, { source, ids, classes: classes.length, cache });
  const { weights } = await net.read();
  cache?.dispose();
  net.dispose();
  return { points: figures(points), weights, bytes: cache?.bytes ?? 0 };
}

function memoryFile() {
  const words = new Uint32Array(2_000_000);
  return {
    write: (at: number, data: Float32Array | Int32Array) =>
      words.set(new Uint32Array(data.buffer, data.byteOffset, data.length), at),
    read: (at: number, into: Float32Array | Int32Array) =>
      new Uint32Array(into.buffer, into.byteOffset, into.length).set(words.subarray(at, at + into.length)),
    close() {},
  };
}

describe.each(CASES)('$id on texts of different length', ({ id, file, mapping, task }) => {
  let on: Case;
  beforeAll(async () => {
    on = await caseOf(id, file, mapping, task);
    await on.source.prepare?.([...on.ids.train, ...on.ids.validation], () => {});
  });

  it('learns the same from the kept output of its frozen layers as from recomputing it', async () => {
    const lengths = on.ids.train.map(on.source.length!);
    expect(Math.max(...lengths)).toBeGreaterThan(Math.min(...lengths) + 8);
    const plain = await course(on, 'no');
    for (const place of ['device', 'disk'] as const) {
      const cached = await course(on, place);
      expect(cached.points.map(({ step, split, examples }) => [step, split, examples])).toEqual(
        plain.points.map(({ step, split, examples }) => [step, split, examples]),
      );
      cached.points.forEach(({ loss, accuracy }, i) => {
        expect(Math.abs(loss - plain.points[i]!.loss)).toBeLessThan(1e-5);
        expect(accuracy).toBe(plain.points[i]!.accuracy);
      });
      for (const [name, values] of plain.weights)
        expect(greatestDifference(values, cached.weights.get(name)!), name).toBeLessThan(1e-4);
      const tokens = [...on.ids.train, ...on.ids.validation].reduce((sum, one) => sum + on.source.length!(one), 0);
      const width = Number(on.model.config.hidden_size ?? on.model.config.n_embd);
      // of each token its values, and of BERT's its place in the mask
      expect(cached.bytes).toBe(4 * tokens * (width + (id === 'minilm-l6' ? 1 : 0)));
    }
  }, 120_000);
});

describe('augmented texts', () => {
  const changes = { synonyms: 0.3, swap: 0.1, deletion: 0.1, views: 2 };
  const augmentation = { ...settings().augmentation, ...changes };
  let on: Case;
  beforeAll(async () => {
    on = await caseOf('minilm-l6', 'topics.csv', LABELLED, { maxLength: 24 });
  });

  it('are drawn anew for each view, alike in whatever batch, with words of the thesaurus', async () => {
    const ids = on.ids.train;
    const drawn = async (view: number, some: readonly number[]) => {
      const { inputs, mix } = on.source.augmented(augmentation, { seed: 1, view, ids: some, first: 0 });
      expect(mix).toBeUndefined();
      const { ids: rows } = await inputs!();
      const width = rows!.shape[1]!;
      return some.map((_, i) => [...rows!.data.subarray(i * width, (i + 1) * width)].filter(Boolean).join(' '));
    };
    const first = await drawn(0, ids);
    expect(await drawn(0, ids.slice(3, 5))).toEqual(first.slice(3, 5));
    expect(await drawn(1, ids)).not.toEqual(first);
    const { ids: plain } = await on.source.inputs(ids);
    expect(first.join(' ').split(' ').length).toBeLessThan([...plain!.data].filter(Boolean).length);
    const only = on.source.augmented({ ...augmentation, swap: 0, deletion: 0 }, { seed: 1, view: 0, ids, first: 0 });
    expect((await only.inputs!()).ids!.data).not.toEqual(plain!.data);
  });

  it('learn the same from kept views as from recomputing them, and are validated as they are', async () => {
    const unchanged = await course(on, 'no');
    const plain = await course(on, 'no', changes);
    const cached = await course(on, 'device', changes);
    expect(plain.points[0]).toEqual(unchanged.points[0]);
    expect(plain.points[1]!.loss).not.toBe(unchanged.points[1]!.loss);
    cached.points.forEach(({ loss }, i) => {
      expect(Math.abs(loss - plain.points[i]!.loss)).toBeLessThan(1e-4);
    });
  }, 120_000);
});

describe.each(CASES.filter(({ writes }) => writes))('packed texts for $id', ({ id }) => {
  it('say that an example is not one row, and have no length to sort by', async () => {
    const { source } = await caseOf(id, 'answers.jsonl', PAIRS, { packing: true });
    expect(source).toMatchObject({ rows: false });
    expect([source.length, source.ragged]).toEqual([undefined, undefined]);
  });
});
