/** Softmax cross-entropy over the last axis, with the count of right answers. */

import type * as tf from '@tensorflow/tfjs-core';
import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { TrainingBackend } from './backend.ts';
import { type BufferSpec, type KernelSource, reads, THREADS, writes } from './kernel.ts';
import { summing, workgroupSum } from './reduce.ts';
import { operation } from './tape.ts';
import { rowThreads, wayOf } from './way.ts';

/** A label for each row of logits [.., K], int32 [..]; rows weigh by `weights` [..]. */
export interface LabelTargets {
  labels: tf.Tensor;
  weights: tf.Tensor;
  /** What the sum over rows is divided by, []. */
  total: tf.Tensor;
  /** ε of Szegedy et al. 2016, section 7, []. */
  smoothing?: tf.Tensor | undefined;
}
/** Shares of the classes for each row, [.., K], and the label that an answer must name, int32 [..]. */
export interface ShareTargets {
  labels: tf.Tensor;
  shares: tf.Tensor;
  total: tf.Tensor;
}
type Targets = LabelTargets | ShareTargets;

/** What the kernels know of the targets, in the order of their buffers. */
interface Form {
  key: string;
  tensors: readonly tf.Tensor[];
  buffers: readonly BufferSpec[];
  /** Of entry `c` of a row, added to `extra`; and the row's loss and weight of a right answer, with `lse` = log Σ exp(x). */
  gather: string;
  loss: string;
  weight: string;
  /** What is multiplied with the softmax and what is taken from it, for entry `c` of row `group`, where x is `c`'s logit. */
  mass: string;
  wanted: string;
}

function formOf(t: Targets): Form {
  if ('shares' in t)
    return {
      key: 'shares',
      tensors: [t.labels, t.shares],
      buffers: [reads('labels', 'i32'), reads('shares')],
      gather: 'let share = shares[row + c]; extra += vec2f(share, share * x);',
      loss: 'extra.x * lse - extra.y',
      weight: '1.0',
      mass: 'rows[group].z',
      wanted: 'shares[row + c]',
    };
  const smooth = t.smoothing !== undefined;
  const right = 'f32(c == labels[group])';
  const mixed = `mix(${right}, 1.0 / f32(u.width), smoothing[0])`;
  return {
    key: smooth ? 'labels/smooth' : 'labels',
    tensors: [t.labels, t.weights, ...(t.smoothing ? [t.smoothing] : [])],
    buffers: [reads('labels', 'i32'), reads('weights'), ...(smooth ? [reads('smoothing')] : [])],
    gather: `extra.x += x; if (c == label) { extra.y = x; }`,
    loss: smooth
      ? 'weights[group] * (lse - mix(extra.y, extra.x / f32(u.width), smoothing[0]))'
      : 'weights[group] * (lse - extra.y)',
    weight: 'weights[group]',
    mass: 'weights[group]',
    wanted: `weights[group] * ${smooth ? mixed : right}`,
  };
}

/**
 * Σ of the rows' losses / total, and how many rows are greatest at their label (the first of equals), weighted as their
 * losses are. Of labels: w (lse(x) - x·q), q = (1 - ε) onehot(label) + ε / K, as PyTorch's `cross_entropy`; of shares t:
 * Σ t (lse(x) - x). The gradients are w (softmax(x) - q) dy / total and (softmax(x) Σ t - t) dy / total. They take the
 * place of the logits where nobody else holds these: nothing of their size is made.
 */
export function crossEntropy(logits: tf.Tensor, targets: Targets): { loss: tf.Scalar; correct: tf.Scalar } {
  const form = formOf(targets);
  const [width, count] = [logits.shape.at(-1)!, targets.labels.size];
  const [loss, correct] = operation({
    name: 'crossEntropy',
    inputs: { logits },
    forward(backend) {
      const rows = backend.make([count, 4]);
      const threads = threadsOf(width);
      const key = `crossEntropy.rows/${form.key}/${threads}`;
      backend.dispatch(key, () => rowsSource(form, threads), [logits, ...form.tensors, rows], [count, width], count);
      const [sum, right] = [backend.make([]), backend.make([])];
      backend.dispatch('crossEntropy.mean', meanSource, [rows, targets.total, sum, right], [count], 1);
      return { outputs: [sum, right], saved: [logits, rows, targets.total, ...form.tensors] };
    },
    backward: (backend, [dy], [x, rows, total, ...tensors]) => ({
      logits: slope(backend, { ...form, tensors }, [x!, rows!, total!, dy!], [count, width]),
    }),
  });
  return { loss: loss as tf.Scalar, correct: correct as tf.Scalar };
}

function slope(
  backend: TrainingBackend,
  form: Form,
  [logits, ...others]: readonly [tf.Tensor, ...tf.Tensor[]],
  sizes: readonly [rows: number, width: number],
): TensorInfo {
  const inPlace = backend.isAlone(logits);
  const gradient = inPlace ? backend.alias(logits) : backend.make(logits.shape);
  const tensors = [logits, ...others, ...form.tensors, ...(inPlace ? [] : [gradient])];
  const threads = threadsOf(sizes[1]);
  const key = `crossEntropy.gradient/${form.key}/${threads}${inPlace ? '/inPlace' : ''}`;
  backend.dispatch(key, () => gradientSource(form, threads, inPlace), tensors, sizes, sizes[0]);
  if (inPlace) backend.changed(logits);
  return gradient;
}

const SIZES = ['rows:i32', 'width:i32'];

/** Threads of a row: a large vocabulary is gone over by more, where they work together. */
const threadsOf = (width: number): number =>
  wayOf('rows') !== 'alone' && width > 16 * THREADS ? 4 * THREADS : rowThreads();
const LOWEST = '-3.4028234e38';

/** A workgroup a row, which is read once: each thread keeps the greatest and Σ exp(x - greatest) of its own entries. */
const rowsSource = ({ buffers, gather, loss, weight }: Form, threads: number): KernelSource => ({
  threads,
  buffers: [reads('logits'), ...buffers, writes('rows', 'vec4f')],
  uniforms: SIZES,
  declarations: `
struct Part { greatest : f32, at : i32, sum : f32, extra : vec2f }
var<workgroup> parts : array<Part, ${threads}>;
fn joined(a : Part, b : Part) -> Part {
  let first = a.greatest > b.greatest || (a.greatest == b.greatest && a.at < b.at);
  let greatest = max(a.greatest, b.greatest);
  let sum = a.sum * exp(a.greatest - greatest) + b.sum * exp(b.greatest - greatest);
  return Part(greatest, select(b.at, a.at, first), sum, a.extra + b.extra);
}`,
  main: `
  if (group >= u.rows) { return; }
  let row = group * u.width;
  let label = labels[group];
  var part = Part(${LOWEST}, 0x7fffffff, 0.0, vec2f(0.0));
  var extra = vec2f(0.0);
  for (var c = i32(lid); c < u.width; c += ${threads}) {
    let x = logits[row + c];
    if (x > part.greatest) {
      part.sum = part.sum * exp(part.greatest - x) + 1.0;
      part.greatest = x;
      part.at = c;
    } else {
      part.sum += exp(x - part.greatest);
    }
    ${gather}
  }
  part.extra = extra;
  parts[lid] = part;
  for (var half = ${threads / 2}u; half > 0u; half /= 2u) {
    workgroupBarrier();
    if (lid < half) { parts[lid] = joined(parts[lid], parts[lid + half]); }
  }
  if (lid == 0u) {
    let whole = parts[0];
    let extra = whole.extra;
    let lse = whole.greatest + log(whole.sum);
    rows[group] = vec4f(${loss}, select(0.0, ${weight}, whole.at == label), extra.x, lse);
  }`,
});

const meanSource = (): KernelSource => ({
  buffers: [reads('rows', 'vec4f'), reads('total'), writes('loss'), writes('correct')],
  uniforms: ['rows:i32'],
  ...summing(),
  declarations: workgroupSum('sumOf', 'vec4f'),
  main: `
  var sum = vec4f(0.0);
  for (var i = i32(lid); i < u.rows; i += ${THREADS}) { sum += vec4f(rows[i].xy, 0.0, 0.0); }
  let all = sumOf(sum, lid);
  if (lid == 0u) { loss[0] = all.x / total[0]; correct[0] = all.y; }`,
});

const gradientSource = ({ buffers, mass, wanted }: Form, threads: number, inPlace: boolean): KernelSource => ({
  threads,
  buffers: [
    inPlace ? writes('logits') : reads('logits'),
    reads('rows', 'vec4f'),
    reads('total'),
    reads('dy'),
    ...buffers,
    ...(inPlace ? [] : [writes('gradient')]),
  ],
  uniforms: SIZES,
  main: `
  if (group >= u.rows) { return; }
  let row = group * u.width;
  let lse = rows[group].w;
  let share = dy[0] / total[0];
  for (var c = i32(lid); c < u.width; c += ${threads}) {
    ${inPlace ? 'logits' : 'gradient'}[row + c] = (${mass} * exp(logits[row + c] - lse) - ${wanted}) * share;
  }`,
});
