/** `@jax-js/jax`: the network, its gradient and Adam in one function under `jit`, as its own examples have it. */
import { defaultDevice, init, jit, nn, numpy as np, valueAndGrad } from '@jax-js/jax';
import { version } from '../../../node_modules/@jax-js/jax/package.json';
import type { BenchCase } from '../../../src/bench/cases.ts';
import { type Contender, take } from '../../../src/bench/contender.ts';
import { profile } from '../../../src/nn/profile.ts';
import type { BenchBackend } from '../../../src/protocol/bench.ts';

type Arrays = Record<string, np.Array>;
/** Weights and both moments by name. */
type State = { w: Arrays; m: Arrays; v: Arrays };
/** Logits, a row for each label. Every use of an array but the last takes `ref`: what is passed on is given away. */
type Network = (w: Arrays, input: np.Array) => np.Array;

const linear = (w: Arrays, name: string, x: np.Array): np.Array =>
  np.add(np.matmul(x, w[`${name}.weight`]!), w[`${name}.bias`]!);

const mlp: Network = (w, features) => {
  const first = nn.relu(linear(w, 'fc1', features));
  return linear(w, 'fc3', nn.relu(linear(w, 'fc2', first)));
};

/** Pre-norm blocks and a tied head (Radford et al. 2019); attention and GELU are its own. */
function gpt2({ config }: BenchCase): Network {
  const [layers, heads] = [config.n_layer as number, config.n_head as number];
  const [width, vocabulary] = [config.n_embd as number, config.vocab_size as number];
  const norm = (w: Arrays, name: string, x: np.Array) =>
    np.add(np.multiply(nn.standardize(x, -1, { epsilon: 1e-5 }), w[`${name}.weight`]!), w[`${name}.bias`]!);
  return (w, ids) => {
    const [batch, length] = ids.shape as [number, number];
    const table = w['transformer.wte.weight']!;
    // its gather has no gradient by the table
    const words = np.matmul(nn.oneHot(ids, vocabulary), table.ref);
    let x = np.add(words, w['transformer.wpe.weight']!);
    for (let i = 0; i < layers; i++) {
      const name = `transformer.h.${i}`;
      const qkv = linear(w, `${name}.attn.c_attn`, norm(w, `${name}.ln_1`, x.ref));
      const [q, k, v] = np.split(qkv, 3, -1).map((part) => np.reshape(part, [batch, length, heads, width / heads])) as [
        np.Array,
        np.Array,
        np.Array,
      ];
      const mixed = np.reshape(nn.dotProductAttention(q, k, v, { isCausal: true }), [batch, length, width]);
      x = np.add(x, linear(w, `${name}.attn.c_proj`, mixed));
      const inner = nn.gelu(linear(w, `${name}.mlp.c_fc`, norm(w, `${name}.ln_2`, x.ref)), { approximate: true });
      x = np.add(x, linear(w, `${name}.mlp.c_proj`, inner));
    }
    const logits = np.matmul(norm(w, 'transformer.ln_f', x), np.transpose(table));
    return np.reshape(logits, [batch * length, vocabulary]);
  };
}

function networkOf(o: BenchCase): { network: Network; input: string; classes: number } {
  if (o.model === 'mlp') return { network: mlp, input: 'features', classes: 2 };
  if (o.architecture.perToken) return { network: gpt2(o), input: 'ids', classes: o.config.vocab_size as number };
  throw new Error(`${o.model} is not written for it.`);
}

const [BETA1, BETA2, EPSILON] = [0.9, 0.999, 1e-8];

/** Adam (Kingma and Ba 2015, algorithm 1); `rate` and `correction` hold what depends on the step. */
function adam({ w, m, v }: State, gradients: Arrays, rate: np.Array, correction: np.Array): State {
  const next: State = { w: {}, m: {}, v: {} };
  for (const [name, g] of Object.entries(gradients)) {
    const mean = np.add(np.multiply(m[name]!, BETA1), np.multiply(g.ref, 1 - BETA1));
    const square = np.add(np.multiply(v[name]!, BETA2), np.multiply(np.square(g), 1 - BETA2));
    const scale = np.add(np.multiply(np.sqrt(square.ref), correction.ref), EPSILON);
    next.w[name] = np.subtract(w[name]!, np.multiply(np.divide(mean.ref, scale), rate.ref));
    next.m[name] = mean;
    next.v[name] = square;
  }
  rate.dispose();
  correction.dispose();
  return next;
}

export async function jax(o: BenchCase, backend: BenchBackend): Promise<Contender> {
  if (!(await init(backend)).includes(backend)) throw new Error(`jax-js has no ${backend} here.`);
  defaultDevice(backend);
  const { network, input, classes } = networkOf(o);
  const lossOf = (w: Arrays, x: np.Array, labels: np.Array): np.Array => {
    const likely = nn.logSoftmax(network(w, x), -1);
    return np.negative(np.mean(np.sum(np.multiply(likely, nn.oneHot(labels, classes)), -1)));
  };
  const update = jit((state: State, x: np.Array, labels: np.Array, rate: np.Array, correction: np.Array) => {
    const { w, m, v } = state;
    const kept = Object.fromEntries(Object.entries(w).map(([name, weight]) => [name, weight.ref]));
    const [loss, gradients] = valueAndGrad(lossOf)(kept, x, labels);
    return { loss, state: adam({ w, m, v }, gradients as Arrays, rate, correction) };
  });
  const weights = [...profile(o.architecture).weights];
  const each = (make: (name: string, size: number) => Float32Array): Arrays =>
    Object.fromEntries(
      weights.map(([name, { shape }]) => {
        const size = shape.reduce((product, dim) => product * dim, 1);
        return [name, np.reshape(np.array(make(name, size)), [...shape])];
      }),
    );
  const zeros = (_: string, size: number) => new Float32Array(size);
  let state: State = { w: each((name) => o.values.get(name)!.slice()), m: each(zeros), v: each(zeros) };
  let step = 0;
  const next = async () => {
    const { inputs, labels } = o.batches[step++ % o.batches.length]!;
    const { data, shape } = inputs[input]!;
    const rate = np.array(o.learningRate / (1 - BETA1 ** step));
    const correction = np.array(1 / Math.sqrt(1 - BETA2 ** step));
    const x = np.reshape(np.array(data.slice() as Float32Array<ArrayBuffer>), [...shape]);
    const result = update(state, x, np.array(labels.slice()), rate, correction);
    state = result.state as State;
    const [loss] = await result.loss.data();
    return loss!;
  };
  return {
    adapter: backend,
    version: `@jax-js/jax ${version}`,
    parameters: weights.reduce((sum, [name]) => sum + o.values.get(name)!.length, 0),
    losses: (steps) => take(steps, next),
    async run(steps) {
      await take(steps, next);
    },
  };
}
