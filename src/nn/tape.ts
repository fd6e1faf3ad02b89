/**
 * Gradients by TensorFlow.js's tape, with less memory than its own `gradients` takes: what no gradient reads is let go at
 * the end of a stage, and what one has read when it is there. The numbers are the same to the bit.
 */
import * as tf from '@tensorflow/tfjs-core';
import { gathered } from './kernels/sum.ts';
import { noteMemory } from './memory.ts';
import { GRADIENT_READS, isListed } from './tape-reads.ts';

/** TensorFlow.js's own, which it does not export. */
type TapeNode = ReturnType<typeof tf.engine>['state']['activeTape'][number];

/** A value and the gradient by it. */
interface Seed {
  of: tf.Tensor;
  dy: tf.Tensor;
}

let recording: Tape | undefined;

/** The tape that what runs now goes on; undefined where no gradients will be taken. */
export const currentTape = (): Tape | undefined => recording;

/** What ran while gradients were to be taken, by `wanted`. */
export class Tape {
  private readonly nodes: TapeNode[] = [];
  /** Ids of tensors that depend on what is wanted. */
  private readonly moving: Set<number>;
  private readonly wanted: readonly tf.Tensor[];
  private trimmed = 0;

  constructor(wanted: readonly tf.Tensor[]) {
    this.wanted = wanted;
    this.moving = new Set(wanted.map(({ id }) => id));
  }

  /** Runs `f` on this tape; of what it makes, what it gives out stays. Tapes nest: the outer one sees nothing of it. */
  record<R extends tf.TensorContainer>(f: () => R): R {
    const { state } = tf.engine();
    const { activeTape, gradientDepth } = state;
    const outer = recording;
    state.activeTape = this.nodes;
    state.gradientDepth = 1;
    recording = this;
    try {
      const result = tf.tidy(f);
      this.trim();
      return result;
    } catch (error) {
      this.release();
      throw error;
    } finally {
      state.activeTape = activeTape;
      state.gradientDepth = gradientDepth;
      recording = outer;
    }
  }

  moves(tensor: tf.Tensor): boolean {
    this.trim();
    return this.moving.has(tensor.id);
  }

  /** Lets go of what no gradient will read, of all that ran since it was last called. */
  trim(): void {
    for (; this.trimmed < this.nodes.length; this.trimmed++) {
      const node = this.nodes[this.trimmed]!;
      const moves = (name: string) => this.moving.has(node.inputs[name]!.id);
      if (Object.keys(node.inputs).some(moves)) {
        for (const { id } of node.outputs) this.moving.add(id);
        for (const tensor of unread(node, moves)) tensor.dispose();
      } else tf.dispose(node.saved ?? []);
    }
  }

  /** Bytes that wait for the gradient, each buffer once. */
  get keptBytes(): number {
    const saved = this.nodes.flatMap((node) => node.saved ?? []).filter((tensor) => !tensor.isDisposed);
    const buffers = new Map(saved.map((tensor) => [tensor.dataId, tensor]));
    return [...buffers.values()].reduce((sum, { size, dtype }) => sum + size * tf.util.bytesPerElement(dtype), 0);
  }

  /** An operation that the tape knows as one. `gradient` is given what came of its outputs, those that matter. */
  add(node: {
    name: string;
    inputs: tf.NamedTensorMap;
    outputs: readonly tf.Tensor[];
    saved: tf.Tensor[];
    gradient(dys: readonly (tf.Tensor | undefined)[]): Record<string, () => tf.Tensor>;
  }): void {
    const { name: kernelName, inputs, saved } = node;
    const id = tf.engine().state.nextTapeNodeId++;
    this.nodes.push({ id, kernelName, inputs, outputs: [...node.outputs], saved, gradient: node.gradient });
  }

  /** Gradients by what is wanted, undefined where nothing depends on it; the caller owns them. Can be done once. */
  backward(seeds: readonly Seed[]): (tf.Tensor | undefined)[] {
    const found = new Map(seeds.map(({ of, dy }) => [of.id, tf.clone(dy)]));
    const wanted = new Set(this.wanted.map(({ id }) => id));
    try {
      for (let node = this.nodes.pop(); node; node = this.nodes.pop()) {
        const dys = node.outputs.map(({ id }) => found.get(id));
        for (const { id } of node.outputs) if (!wanted.has(id)) found.delete(id);
        const names = Object.keys(node.inputs).filter((name) => this.moving.has(node.inputs[name]!.id));
        if (names.length > 0 && dys.some(Boolean)) this.through(node, dys, names, found);
        for (const [i, dy] of dys.entries()) if (!wanted.has(node.outputs[i]!.id)) dy?.dispose();
        tf.dispose(node.saved ?? []);
      }
    } catch (error) {
      this.release();
      tf.dispose([...found.values()]);
      throw error;
    }
    const gradients = this.wanted.map(({ id }) => found.get(id));
    for (const [id, tensor] of found) if (!wanted.has(id)) tensor.dispose();
    return gradients;
  }

  /** Adds what comes of the named inputs of an operation to what was found. */
  private through(
    node: TapeNode,
    dys: readonly (tf.Tensor | undefined)[],
    names: readonly string[],
    found: Map<number, tf.Tensor>,
  ): void {
    if (!node.gradient) throw new Error(`${node.kernelName} has no gradient`);
    const gradients = tf.tidy(() => {
      const of = node.gradient!(dys as tf.Tensor[]);
      const made = names.map((name) => tf.tidy(() => of[name]!()));
      noteMemory();
      return made.map((dx) => (dys.includes(dx) ? tf.clone(dx) : dx));
    });
    for (const [i, dx] of gradients.entries()) {
      const { id, shape } = node.inputs[names[i]!]!;
      if (String(dx.shape) !== String(shape))
        throw new Error(`${node.kernelName}: a gradient of [${dx.shape}] for [${shape}]`);
      const before = found.get(id);
      found.set(id, before ? gathered(before, dx) : dx);
    }
  }

  /** Without going back: lets go of everything. */
  private release(): void {
    for (const { saved } of this.nodes.splice(0)) tf.dispose(saved ?? []);
  }
}

/** What was saved for an operation whose gradient does not read it: shapes outlive values. */
function unread({ kernelName, inputs, outputs, saved = [] }: TapeNode, moves: (name: string) => boolean): tf.Tensor[] {
  if (!isListed(kernelName) || saved.length === 0) return [];
  const config = tf.getGradient(kernelName);
  const names = config.saveAllInputs ? Object.keys(inputs) : (config.inputsToSave ?? []);
  const reads = new Set(GRADIENT_READS[kernelName](moves));
  const all = [...names, ...outputs.map(() => 'y')];
  return saved.filter((_, i) => !reads.has(all[i]!));
}

/** The value of `f`, which runs on a tape, and its gradients by `xs`; the caller owns all of them. */
export function gradients(
  f: (tape: Tape) => tf.Scalar,
  xs: readonly tf.Tensor[],
  one: tf.Scalar,
): { value: tf.Scalar; grads: (tf.Tensor | undefined)[] } {
  const tape = new Tape(xs);
  const value = tape.record(() => f(tape));
  return { value, grads: tape.backward([{ of: value, dy: one }]) };
}
