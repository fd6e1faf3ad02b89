import { readFile } from 'node:fs/promises';
import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { METHOD_ENGINES } from '../../methods/engines.ts';
import { METHOD_METAS, type MethodId } from '../../methods/metas.ts';
import { tinyBatch, tinyModel } from '../../methods/testing.ts';
import { MODEL_ENGINES } from '../../models/engines.ts';
import { readVariant, VARIANTS, type Variant } from '../../models/testing/language.ts';
import { valuesOf } from '../../models/testing.ts';
import type { OptionValues } from '../../protocol/options.ts';
import { ProblemError } from '../../protocol/problems.ts';
import { type Batch, upload } from '../batch.ts';
import type { Architecture } from '../core.ts';
import { tensorCount } from '../memory.ts';
import { Network } from '../network.ts';
import { profile } from '../profile.ts';
import { forward } from '../run.ts';
import { abstractInputs } from '../shapes.ts';
import { initial, type WeightValues } from '../weights.ts';
import { execute, planned } from './execute.ts';
import { fused } from './fuse.ts';
import type { Graph } from './graph.ts';
import { PLAIN } from './plain.ts';
import { trace } from './trace.ts';

const folder = new URL('../../../', import.meta.url);
const read = async (path: string) => new Uint8Array(await readFile(new URL(path, folder)));

beforeAll(() => tf.setBackend('cpu'));

const graphOf = ({ stages, inputs, output }: Architecture): Graph => trace(stages, abstractInputs(inputs), [output]);

const count = ({ nodes }: Graph, op: string): number => nodes.filter((node) => node.op === op).length;

/** Greatest differences of the plan as traced, and as fused, from what the stages give. */
async function differences(architecture: Architecture, weights: WeightValues, inputs: Batch, graphs: readonly Graph[]) {
  const network = new Network(architecture, weights);
  const given = upload(inputs);
  const ops = network.ops();
  const wanted = tf.tidy(() => forward(architecture.stages, ops, given)[architecture.output]!);
  const gaps = graphs.map((graph) =>
    tf.tidy(() => tf.max(tf.abs(tf.sub(execute(planned(graph), ops, given, PLAIN)[architecture.output]!, wanted)))),
  );
  const values = await Promise.all(gaps.map(async (gap) => (await gap.data())[0]!));
  network.dispose();
  tf.dispose([...Object.values(given), wanted, ...gaps]);
  return values;
}

/** What a method makes of a model, with weights that begin at nothing drawn: they would hide what is done with them. */
function withMethod(id: MethodId, base: Architecture, known: WeightValues) {
  const defaults = Object.fromEntries(METHOD_METAS[id].options.map((option) => [option.name, option.default]));
  // the small models have few positions and channels
  const few = { ...('tokens' in defaults ? { tokens: 2 } : {}), ...('rank' in defaults ? { rank: 2 } : {}) };
  const architecture = METHOD_ENGINES[id].method({ ...defaults, ...few } as OptionValues, base).apply(base);
  const { weights } = profile(architecture);
  const values = [...weights].map(
    ([name, spec]) => [name, known.get(name) ?? initial(name, { ...spec, init: 'normal' }, 3, 0.1)] as const,
  );
  return { architecture, values: new Map(values) };
}

describe.each(VARIANTS)('the plan of a small $variant', (which) => {
  let variant: Variant;
  beforeAll(async () => {
    variant = await readVariant(which, read);
  });

  it('computes what the stages do, in calls of kernels', async () => {
    const { architecture, weights, inputs } = variant;
    const graph = graphOf(architecture);
    const short = fused(graph);
    const before = tensorCount();
    const gaps = await differences(architecture, valuesOf(architecture, weights), inputs, [graph, short]);
    expect(Math.max(...gaps)).toBeLessThan(1e-5);
    expect(tensorCount()).toBe(before);
    for (const op of ['linear', 'layerNorm', 'activation', 'attention', 'residual']) {
      expect(count(graph, op), op).toBeGreaterThan(0);
      expect(count(short, op), op).toBe(0);
    }
  });

  it.each(Object.keys(METHOD_ENGINES) as MethodId[])('does so with %s', async (id) => {
    const { architecture: base, weights, inputs } = variant;
    let made: ReturnType<typeof withMethod>;
    try {
      made = withMethod(id, base, valuesOf(base, weights));
    } catch (error) {
      expect(error).toBeInstanceOf(ProblemError);
      return;
    }
    const { architecture, values } = made;
    const graph = graphOf(architecture);
    expect(Math.max(...(await differences(architecture, values, inputs, [graph, fused(graph)])))).toBeLessThan(1e-5);
  });
});

describe.each(['efficientnet-lite', 'digits-cnn'] as const)('the plan of a small %s', (id) => {
  it.each(['full', 'lora', 'ia3', 'adapter'] as const)('computes what the stages do with %s', async (method) => {
    const { config, file } = tinyModel(id);
    const base = MODEL_ENGINES[id].architecture(config);
    const { architecture, values } = withMethod(method, base, valuesOf(base, file));
    const graph = graphOf(architecture);
    const short = fused(graph);
    const { input } = tinyBatch(architecture);
    expect(Math.max(...(await differences(architecture, values, input, [graph, short])))).toBeLessThan(1e-5);
    if (method !== 'lora') return;
    // with what stands beside a convolution and behind both it is one call
    for (const op of ['conv', 'batchNorm', 'activation', 'residual', 'binary']) expect(count(short, op), op).toBe(0);
    expect(count(short, 'kernel.conv')).toBe(count(graphOf(base), 'conv'));
  });
});
