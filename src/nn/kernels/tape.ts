/** Operations with any number of outputs on TensorFlow.js's tape, and what the tape does not tell them: what is wanted. */
import type { TensorInfo } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { type TrainingBackend, trainingBackend } from './backend.ts';

interface TapeNode {
  inputs: Record<string, tf.Tensor>;
  outputs: tf.Tensor[];
}
const activeTape = (): TapeNode[] | undefined => (tf.engine().state as { activeTape?: TapeNode[] }).activeTape;

/** Tensors of one tape that lead back to what gradients are taken of. */
class Wanted {
  private readonly ids: Set<number>;
  private tape: TapeNode[] | undefined;
  private seen = 0;

  constructor(xs: readonly tf.Tensor[]) {
    this.ids = new Set(xs.map(({ id }) => id));
  }

  has(tensor: tf.Tensor): boolean {
    const tape = activeTape();
    if (tape !== this.tape) {
      this.tape = tape;
      this.seen = 0;
    }
    for (; tape && this.seen < tape.length; this.seen++) {
      const { inputs, outputs } = tape[this.seen]!;
      if (Object.values(inputs).some(({ id }) => this.ids.has(id))) for (const { id } of outputs) this.ids.add(id);
    }
    return this.ids.has(tensor.id);
  }
}
let wanted: Wanted | undefined;

/**
 * The value of `f` and its gradients by `xs`, times `dy`. Unlike `tf.grads` it uploads nothing; unlike
 * `engine().gradients` it lets operations know which of their inputs lead back to `xs`. May be nested.
 */
export function gradients(
  f: () => tf.Tensor,
  xs: readonly tf.Tensor[],
  dy: tf.Tensor,
): { value: tf.Tensor; grads: (tf.Tensor | null)[] } {
  const outer = wanted;
  wanted = new Wanted(xs);
  try {
    return tf.engine().gradients(f as () => tf.Tensor, [...xs], dy as tf.Tensor, true);
  } finally {
    wanted = outer;
  }
}

export interface Forward {
  outputs: readonly TensorInfo[];
  /** What the gradient needs: inputs, or outputs and by-products as the kernels made them. */
  saved?: readonly (tf.Tensor | TensorInfo)[];
}
export interface Operation<K extends string> {
  inputs: Readonly<Partial<Record<K, tf.Tensor | undefined>>>;
  forward(backend: TrainingBackend): Forward;
  /**
   * Gradients of the inputs that are `wanted`; others that come with them are dropped. `dys` are in the order of the
   * outputs, `saved` in the order of `forward`'s; both go when it returns.
   */
  backward(
    backend: TrainingBackend,
    dys: readonly tf.Tensor[],
    saved: readonly tf.Tensor[],
    wanted: Readonly<Record<K, boolean>>,
  ): Partial<Record<K, TensorInfo | undefined>>;
}

type Save = (tensors: tf.Tensor[]) => void;
type Kernels = (backend: unknown, save: Save) => tf.Tensor | tf.Tensor[];
type Backwards = (dy: tf.Tensor | tf.Tensor[], saved: tf.Tensor[]) => Record<string, () => tf.Tensor>;
/** `runKernelFunc` takes operations of any number of outputs; its types are the engine's own. */
const runKernelFunc = (run: { inputs: tf.NamedTensorMap; forwardFunc: Kernels; backwardsFunc: Backwards }) =>
  (tf.engine() as unknown as { runKernelFunc(run: object): tf.Tensor | tf.Tensor[] }).runKernelFunc(run);

/**
 * Runs an operation and tapes it. Stock TensorFlow.js keeps what was saved until the whole gradient is there; ours is let
 * go as soon as it was used.
 */
export function operation<K extends string>({ inputs, forward, backward }: Operation<K>): tf.Tensor[] {
  const given = Object.fromEntries(Object.entries(inputs).filter(([, tensor]) => tensor)) as Record<K, tf.Tensor>;
  const names = Object.keys(given) as K[];
  const wants = Object.fromEntries(names.map((name) => [name, wanted?.has(given[name]) ?? false])) as Record<
    K,
    boolean
  >;
  const taped = names.some((name) => wants[name]);
  const backend = trainingBackend()!;
  const result = runKernelFunc({
    inputs: given,
    forwardFunc(_, save) {
      const { outputs, saved = [] } = forward(backend);
      const tensors = outputs.map((info) => tf.engine().makeTensorFromTensorInfo(info));
      const kept = saved.map((one) => {
        if (one instanceof tf.Tensor) return one;
        const at = outputs.indexOf(one);
        return at >= 0 ? tensors[at]! : tf.engine().makeTensorFromTensorInfo(one);
      });
      if (taped) save(kept);
      for (const [i, one] of kept.entries())
        if (!(saved[i] instanceof tf.Tensor) && !tensors.includes(one)) one.dispose();
      return tensors.length > 1 ? tensors : tensors[0]!;
    },
    backwardsFunc(dy, saved) {
      const dys = [dy].flat() as tf.Tensor[];
      const found = backward(backend, dys, saved, wants);
      for (const name of Object.keys(found) as K[]) {
        if (wants[name]) continue;
        const { dataId } = found[name] ?? {};
        if (dataId) backend.disposeData(dataId);
      }
      for (const tensor of saved) tensor.dispose();
      for (const tensor of dys) if (!tensor.kept) tensor.dispose();
      const gradient = (name: K) => () => {
        const info = found[name];
        if (!info) throw new Error(`no gradient of ${name}`);
        return tf.engine().makeTensorFromTensorInfo(info);
      };
      return Object.fromEntries(names.map((name) => [name, gradient(name)]));
    },
  });
  return [result].flat();
}
