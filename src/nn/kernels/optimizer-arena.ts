/** An optimizer's step over all weights at once: one dispatch an arena, whatever their number. */
import type { TensorInfo } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import type { InPlaceRule, UpdateContext } from '../optimizers/optimizer.ts';
import { Arena, layOut, type Segment } from './arena.ts';
import type { TrainingBackend } from './backend.ts';
import { clipScale } from './clip.ts';
import { type KernelSource, reads, writes } from './kernel.ts';
import { summing, workgroupSum } from './reduce.ts';
import { LiveUniform } from './uniforms.ts';

/** What a step knows of a weight; undefined where it stands still. */
export type StepOf = (name: string) => UpdateContext | undefined;

export interface ArenaOptions {
  rule: InPlaceRule;
  /** Names of the slots of every weight. */
  slots: readonly string[];
  decays(name: string): boolean;
}

/** Bit of a block's mark that says that its weight decays; below it the number of its cohort, from 1, or 0. */
const DECAYS = 1 << 16;

/**
 * Weights, their slots and gradients in arenas. Weights that have the count of updates and the learning rate in common
 * are a cohort: what changes every step is four numbers of each, in one uniform.
 */
export class OptimizerArenas {
  private readonly arenas: readonly Arena[];
  private readonly backend: TrainingBackend;
  private readonly o: ArenaOptions;
  private readonly names: readonly string[];
  private readonly slotsOf: Map<string, tf.Variable>;
  private readonly share: LiveUniform;
  private cohorts: { uniform: LiveUniform; room: number };
  private marked = '';
  /** Batches whose gradients were summed for the next step. */
  private parts = 0;
  /** What has a gradient in any of them. */
  private readonly found = new Set<string>();

  /** `slots` by `<weight>/<slot>` move in with their weights; those that are missing are made, of zeros. */
  constructor(
    backend: TrainingBackend,
    weights: ReadonlyMap<string, tf.Variable>,
    slots: Map<string, tf.Variable>,
    o: ArenaOptions,
  ) {
    this.backend = backend;
    this.o = o;
    this.names = [...weights.keys()];
    this.slotsOf = slots;
    this.share = new LiveUniform(backend, ['share:f32']);
    this.cohorts = cohortUniform(backend, 1);
    this.arenas = layOut(weights, backend.device.limits).map(
      (segments) => new Arena(backend, segments, o.slots.length),
    );
    for (const arena of this.arenas) for (const segment of arena.segments) this.moveIn(arena, segment);
  }

  private moveIn(arena: Arena, segment: Segment): void {
    const { name, weight } = segment;
    this.backend.relocate(weight, arena.place(segment, arena.weights));
    this.backend.gradientPlaces.set(weight.dataId, arena.place(segment, arena.gradients));
    for (const [i, slot] of this.o.slots.entries()) {
      const key = `${name}/${slot}`;
      const place = arena.place(segment, arena.slots[i]!);
      const known = this.slotsOf.get(key);
      if (known) this.backend.relocate(known, place);
      else this.slotsOf.set(key, variableAt(this.backend, place, weight.shape));
    }
  }

  /** Whether these are its weights, in this order. */
  holds(names: readonly string[]): boolean {
    return names.length === this.names.length && names.every((name, i) => name === this.names[i]);
  }

  /** Forgets what was added for a step that was not taken. */
  begin(): void {
    this.found.clear();
    this.parts = 0;
  }

  /** Takes the gradients of a batch, times its `share` of the step where there are several; disposes of them. */
  add(gradients: ReadonlyMap<string, tf.Tensor | undefined>, share?: number): void {
    for (const arena of this.arenas) {
      for (const segment of arena.segments) this.collect(arena, segment, gradients.get(segment.name));
      if (share === undefined) continue;
      const first = this.parts === 0;
      const tensors = [arena.gradients, arena.sum];
      const source = () => accumulateSource(first);
      const uniform = this.share.write([share]);
      this.backend.dispatch(`optimizer.accumulate/${first}`, source, tensors, uniform, arena.blocks);
    }
    this.parts++;
  }

  /** What a kernel of ours made is there already. */
  private collect(arena: Arena, segment: Segment, gradient: tf.Tensor | undefined): void {
    const { backend } = this;
    const place = arena.place(segment, arena.gradients);
    if (!gradient) {
      backend.clear(place, 4 * segment.weight.size);
      return;
    }
    this.found.add(segment.name);
    if (!backend.liesAt(gradient, place)) {
      const there = backend.view(place.buffer, place.offset, gradient.shape);
      backend.copy(gradient, there);
      backend.disposeData(there.dataId);
    }
    gradient.dispose();
  }

  /** Names of weights that have a gradient in the next step. */
  get moving(): ReadonlySet<string> {
    return this.found;
  }

  /**
   * Moves what has a gradient, by `stepOf` each. `clipNorm` is the greatest norm of all gradients together, 0 for none.
   * `see` gets, arena by arena, sums of squares [weights, 3]: of gradients before clipping, of what changed, of weights
   * as they were; the tensor is its to dispose.
   */
  step(
    stepOf: StepOf,
    clipNorm: number,
    see?: (names: readonly (string | undefined)[], sums: tf.Tensor) => void,
  ): void {
    const { backend, o } = this;
    this.mark(stepOf);
    const gradients = this.arenas.map((arena) => (this.parts > 1 ? arena.sum : arena.gradients));
    const scale = clipNorm > 0 ? clipScale(backend, gradients, clipNorm) : undefined;
    const measured = see !== undefined;
    const key = `optimizer.${o.rule.name}/${this.cohorts.room}${scale ? '/clipped' : ''}${measured ? '/measured' : ''}`;
    const source = () => updateSource(o, this.cohorts.room, scale !== undefined, measured);
    for (const [i, arena] of this.arenas.entries()) {
      const sums = measured ? [backend.make([arena.blocks, 4])] : [];
      const { weights, slots, marks } = arena;
      const tensors = [weights, gradients[i]!, ...slots, marks, ...(scale ? [scale] : []), ...sums];
      backend.dispatch(key, source, tensors, this.cohorts.uniform, arena.blocks);
      if (see) see(...this.sumsOf(arena, sums[0]!));
    }
    if (scale) backend.disposeData(scale.dataId);
    this.begin();
  }

  /** Writes the cohorts of a step, and which block is of which where that has changed. */
  private mark(stepOf: StepOf): void {
    const numbers = new Map<string, number>();
    const values: number[] = [];
    const marks = this.names.map((name) => {
      const context = this.found.has(name) ? stepOf(name) : undefined;
      if (!context) return 0;
      const { step, learningRate, weightDecay, l2 = 0 } = context;
      const key = `${step}/${learningRate}`;
      if (!numbers.has(key)) {
        numbers.set(key, numbers.size + 1);
        const [z = 0, w = 0] = this.o.rule.numbers(context);
        values.push(1 - learningRate * weightDecay, l2, z, w);
      }
      return numbers.get(key)! + (this.o.decays(name) ? DECAYS : 0);
    });
    if (numbers.size > this.cohorts.room) {
      this.cohorts.uniform.dispose();
      this.cohorts = cohortUniform(this.backend, 2 ** Math.ceil(Math.log2(numbers.size)));
    }
    this.cohorts.uniform.write(values);
    if (marks.join() === this.marked) return;
    this.marked = marks.join();
    const markOf = new Map(this.names.map((name, i) => [name, marks[i]!]));
    for (const arena of this.arenas) {
      const blocks = new Uint32Array(arena.blocks);
      for (const { name, first, blocks: count } of arena.segments) blocks.fill(markOf.get(name)!, first, first + count);
      arena.writeMarks(blocks);
    }
  }

  /** Sums by block [blocks, 4] to sums by weight; disposes of the former. */
  private sumsOf({ segments }: Arena, byBlock: TensorInfo): [(string | undefined)[], tf.Tensor] {
    const { backend } = this;
    const bounds = tf.tensor1d([...segments.map(({ first }) => first), byBlock.shape[0]!], 'int32');
    const sums = backend.make([segments.length, 3]);
    backend.dispatch('optimizer.norms', normsSource, [byBlock, bounds, sums], [], segments.length);
    bounds.dispose();
    backend.disposeData(byBlock.dataId);
    const names = segments.map(({ name }) => (this.found.has(name) ? name : undefined));
    return [names, tf.engine().makeTensorFromTensorInfo(sums)];
  }

  /** Weights and slots that are still here get buffers of their own. */
  free(): void {
    const { backend } = this;
    for (const arena of this.arenas) {
      for (const segment of arena.segments) this.moveOut(arena, segment);
      arena.free();
    }
    this.cohorts.uniform.dispose();
    this.share.dispose();
    backend.flush();
  }

  private moveOut(arena: Arena, segment: Segment): void {
    const { backend } = this;
    const { name, weight } = segment;
    const gradients = arena.place(segment, arena.gradients);
    if (backend.gradientPlaces.get(weight.dataId)?.buffer === gradients.buffer)
      backend.gradientPlaces.delete(weight.dataId);
    const slots = this.o.slots.map((slot) => this.slotsOf.get(`${name}/${slot}`));
    for (const [i, tensor] of [weight, ...slots].entries()) {
      const of = i === 0 ? arena.weights : arena.slots[i - 1]!;
      if (tensor && !tensor.isDisposed && backend.liesAt(tensor, arena.place(segment, of))) backend.relocate(tensor);
    }
  }
}

const variableAt = (backend: TrainingBackend, place: { buffer: GPUBuffer; offset: number }, shape: readonly number[]) =>
  tf.tidy(() => {
    const info = backend.view(place.buffer, place.offset, shape);
    return tf.variable(tf.engine().makeTensorFromTensorInfo(info), false);
  });

/** Room for a number of cohorts, four numbers each. */
const cohortUniform = (backend: TrainingBackend, room: number) => ({
  uniform: new LiveUniform(
    backend,
    Array.from({ length: 4 * room }, (_, i) => `n${i}:f32`),
  ),
  room,
});

/** Both kinds of decay as `updateOf` orders them, then the rule. */
function updateSource({ rule, slots }: ArenaOptions, room: number, clipped: boolean, measured: boolean): KernelSource {
  const names = slots.map((_, i) => `s${i}`);
  return {
    buffers: [
      writes('weights', 'vec4f'),
      reads('gradients', 'vec4f'),
      ...names.map((name) => writes(`${name}All`, 'vec4f')),
      reads('marks', 'u32'),
      ...(clipped ? [reads('scale')] : []),
      ...(measured ? [writes('sums', 'vec4f')] : []),
    ],
    uniforms: [`cohorts:array<vec4f, ${room}>`],
    ...(measured ? { ...summing(), declarations: workgroupSum('total', 'vec4f') } : {}),
    main: `
  let here = group < i32(arrayLength(&marks));
  let mark = select(0u, marks[min(group, i32(arrayLength(&marks)) - 1)], here);
  var squares = vec4f(0.0);
  if (mark != 0u) {
    let n = u.cohorts[(mark & ${DECAYS - 1}u) - 1u];
    let before = weights[gid];
    let gradient = gradients[gid];
    var w = before;
    var g = gradient${clipped ? ' * scale[0]' : ''};
    if (mark >= ${DECAYS}u) { g += w * n.y; w *= n.x; }
    ${names.map((name) => `var ${name} = ${name}All[gid];`).join(' ')}
    ${rule.code}
    weights[gid] = w;
    ${names.map((name) => `${name}All[gid] = ${name};`).join(' ')}
    squares = vec4f(dot(gradient, gradient), dot(w - before, w - before), dot(before, before), 0.0);
  }
  ${measured ? 'let all = total(squares, lid); if (here && lid == 0u) { sums[group] = all; }' : ''}`,
  };
}

const accumulateSource = (first: boolean): KernelSource => ({
  buffers: [reads('gradients', 'vec4f'), writes('sum', 'vec4f')],
  uniforms: ['share:f32'],
  main: `if (gid < i32(arrayLength(&sum))) { sum[gid] = ${first ? '' : 'sum[gid] + '}gradients[gid] * u.share; }`,
});

/** A workgroup a weight: Σ over its blocks. */
const normsSource = (): KernelSource => ({
  buffers: [reads('byBlock', 'vec4f'), reads('bounds', 'i32'), writes('sums')],
  ...summing(),
  declarations: workgroupSum('total', 'vec4f'),
  main: `
  var sum = vec4f(0.0);
  for (var i = bounds[group] + i32(lid); i < bounds[group + 1]; i += 64) { sum += byBlock[i]; }
  let all = total(sum, lid);
  if (lid < 3u) { sums[3 * group + i32(lid)] = all[lid]; }`,
});
