import { beforeAll, describe, expect, it } from 'vitest';
import type { AnyDataset } from '../data/open.ts';
import { normal, seedOf } from '../lib/random.ts';
import { METHOD_METAS, type MethodId } from '../methods/metas.ts';
import { CLASSES, tinyBatch, tinyModel } from '../methods/testing.ts';
import type { ArchitectureId } from '../models/metas.ts';
import { greatestDifference } from '../models/testing.ts';
import { startBackend } from '../nn/backends/index.ts';
import { Network } from '../nn/network.ts';
import type { WeightValues } from '../nn/weights.ts';
import { defaultsOf, type OptionValues } from '../protocol/options.ts';
import type { RunSettings } from '../protocol/run.ts';
import { beginningAt } from './branch.ts';
import type { Checkpoint } from './checkpoint.ts';
import { begin } from './early-stopping.ts';
import { type Plan, planRun, startingValues } from './plan.ts';
import type { Run } from './runs.ts';
import { taskMetaOf } from './tasks.ts';
import { settings } from './testing.ts';

beforeAll(async () => {
  await startBackend('wasm');
});

const EXAMPLES = 24;
const TRAIN = Array.from({ length: EXAMPLES }, (_, i) => i);
/** The same for both runs. */
const dataset = {
  origin: {},
  classes: CLASSES,
  ids: (split: string) => (split === 'train' ? TRAIN : [EXAMPLES, EXAMPLES + 1]),
  label: (id: number) => id % CLASSES.length,
} as unknown as AnyDataset;

interface Side {
  o: RunSettings;
  plan: Plan;
}

function side(architecture: ArchitectureId, id: MethodId, options: OptionValues = {}): Side {
  const meta = taskMetaOf(architecture);
  const method = { id, options: { ...defaultsOf(METHOD_METAS[id].options), ...options } };
  const o = settings({ method, task: defaultsOf(meta.options), model: { kind: 'shipped', id: architecture } });
  const classes = meta.output === 'token' ? [] : CLASSES;
  return { o, plan: planRun(tinyModel(architecture), classes, o) };
}

async function logitsOf({ plan, o }: Side, architecture: ArchitectureId, moved: WeightValues): Promise<Float32Array> {
  const values = new Map([...startingValues(tinyModel(architecture), plan, o.seed), ...moved]);
  const network = new Network(plan.architecture, values);
  const logits = (await network.logits({ kind: 'arrays', batch: tinyBatch(plan.architecture).input })).slice();
  network.dispose();
  return logits;
}

/** A run that has come to the end of its second epoch: everything that trains has moved, the optimizer has a state. */
function trained(architecture: ArchitectureId, { o, plan }: Side): { run: Run; state: Checkpoint['state'] } {
  const model = tinyModel(architecture);
  const values = startingValues(model, plan, o.seed);
  const weights = new Map(
    [...plan.trainable].map((name) => {
      const next = normal(seedOf(1, 0, name));
      return [name, values.get(name)!.map((value) => value + 0.1 * next())] as const;
    }),
  );
  const slots = new Map([...weights].map(([name, data]) => [`${name}/exp_avg`, data.map(() => 0.5)]));
  const state = { weights, slots };
  const last = { step: 6, epoch: 2, seed: o.seed, seconds: 3, stopping: begin, state };
  const run = {
    settings: o,
    plan,
    model,
    marks: [],
    data: { dataset, ids: { train: TRAIN, validation: [], test: [] } },
    best: undefined,
    last,
    asked: [],
  };
  return { run: run as unknown as Run, state };
}

const branch = (to: Side, run: Run) =>
  beginningAt(run, 'last', { settings: to.o, plan: to.plan, dataset, examples: EXAMPLES });

describe.each(['digits-cnn', 'efficientnet-lite', 'bert', 'gpt2'] as const)(
  'on %s a branch begins where the run was',
  (architecture) => {
    it.each([
      ['lora', 'full'],
      ['full', 'lora'],
      ['ia3', 'lora'],
      ['lora', 'head'],
      ['head', 'bias'],
      ['full', 'adapter'],
    ] as const)('from %s to %s: the same logits at its first step', async (before, after) => {
      const [from, to] = [side(architecture, before), side(architecture, after)];
      const { run, state } = trained(architecture, from);
      const theirs = await logitsOf(from, architecture, state.weights);
      const beginning = await branch(to, run);
      const ours = await logitsOf(to, architecture, beginning.last.state.weights);
      expect(greatestDifference(ours, theirs)).toBeLessThan(1e-4);
      // and that is not where the model itself begins
      expect(greatestDifference(theirs, await logitsOf(to, architecture, new Map()))).toBeGreaterThan(1e-2);
      const own = new Set(to.plan.profile.weights.keys());
      for (const name of beginning.last.state.weights.keys()) expect(own.has(name), name).toBe(true);
    });

    it('from LoRA to another rank: what was learned is merged, and the new factors begin at nothing', async () => {
      const [from, to] = [side(architecture, 'lora', { rank: 2 }), side(architecture, 'lora', { rank: 3 })];
      const { run, state } = trained(architecture, from);
      const { last } = await branch(to, run);
      expect([...last.state.weights.keys()].filter((name) => name.includes('lora_'))).toEqual([]);
      const theirs = await logitsOf(from, architecture, state.weights);
      expect(greatestDifference(await logitsOf(to, architecture, last.state.weights), theirs)).toBeLessThan(1e-4);
    });

    it('by the same method the optimizer goes on from its state; by another, of what is unchanged alone', async () => {
      const from = side(architecture, 'lora');
      const { run, state } = trained(architecture, from);
      expect((await branch(from, run)).last.state).toEqual(state);
      const { last } = await branch(side(architecture, 'full'), run);
      const kept = [...last.state.slots.keys()].map((slot) => slot.slice(0, slot.lastIndexOf('/')));
      expect(kept).toEqual([...state.weights.keys()].filter((name) => !name.includes('lora_')));
    });

    it('what a method added and cannot be merged goes on by that method alone', async () => {
      const from = side(architecture, 'adapter', { width: 4 });
      const { run } = trained(architecture, from);
      expect((await branch(from, run)).last.state.weights).toEqual(run.last!.state.weights);
      for (const to of [side(architecture, 'full'), side(architecture, 'adapter', { width: 5 })])
        await expect(branch(to, run)).rejects.toMatchObject({
          problem: { code: 'branch-method', values: { method: 'adapter' } },
        });
    });
  },
);
