import * as tf from '@tensorflow/tfjs-core';
import type { Ops, Stage, Values } from './core.ts';
import { noteMemory } from './memory.ts';
import type { StatisticsUpdate } from './run.ts';
import { Tape } from './tape.ts';

/** How stages run on a tape. */
export interface TapedRun {
  tape: Tape;
  /** Whose new running statistics go to `updates`. */
  ops(updates: StatisticsUpdate): Ops<tf.Tensor>;
  updates: StatisticsUpdate;
  /** Keep what goes into a stage alone, and run it again on the way back. */
  checkpointing: boolean;
  /** Does stages [from, to) in fewer calls than their own, where the backend has kernels for that; gives what is wanted. */
  joined?:
    | ((
        span: readonly [from: number, to: number],
        ops: Ops<tf.Tensor>,
        values: Values<tf.Tensor>,
        wanted: readonly string[],
      ) => Values<tf.Tensor>)
    | undefined;
  /** What is wanted of all stages together. */
  wanted: readonly string[];
  /** Those that a stage reads and that are trained. */
  weightsOf(stage: number): readonly tf.Tensor[];
}

/**
 * Runs stages on a tape, which after each of them keeps what gradients will read. The last one is not run again: its
 * gradient comes first, when all that it made is there anyway.
 */
export function runTaped(stages: readonly Stage[], inputs: Values<tf.Tensor>, run: TapedRun): Values<tf.Tensor> {
  let values = inputs;
  const ops = run.ops(run.updates);
  if (run.joined && !run.checkpointing)
    return { ...inputs, ...run.joined([0, stages.length], ops, inputs, run.wanted) };
  for (const [i, stage] of stages.entries()) {
    const again = run.checkpointing && i < stages.length - 1;
    const made = again ? runTwice(stage, i, values, run) : tf.tidy(() => stageOf(stage, i, run, ops, values));
    noteMemory();
    run.tape.trim();
    values = { ...values, ...made };
  }
  return values;
}

const stageOf = (
  stage: Stage,
  index: number,
  { joined }: TapedRun,
  ops: Ops<tf.Tensor>,
  values: Values<tf.Tensor>,
) => ({
  ...(joined ? joined([index, index + 1], ops, values, stage.writes) : stage.run(ops, values)),
});

/**
 * Gradient checkpointing (Chen et al. 2016, section 3): the stage runs on a tape that is thrown away, and again when its
 * gradient is wanted. It draws the same masks then, for these depend on seed, step and name; new running statistics are
 * of the first time.
 */
function runTwice(stage: Stage, index: number, values: Values<tf.Tensor>, run: TapedRun): Values<tf.Tensor> {
  const given = Object.fromEntries(stage.reads.map((name) => [name, values[name]!]));
  const weights = run.weightsOf(index);
  const made: Record<string, tf.Tensor> = new Tape([]).record(() =>
    stageOf(stage, index, run, run.ops(run.updates), given),
  );
  const movingReads = stage.reads.filter((name) => run.tape.moves(given[name]!));
  if (movingReads.length + weights.length === 0) return made;
  const kept = Object.fromEntries(stage.reads.map((name) => [name, tf.keep(tf.clone(given[name]!))]));
  const names = Object.keys(made);
  const inputs: tf.NamedTensorMap = Object.fromEntries([
    ...movingReads.map((name) => [`value ${name}`, given[name]!] as const),
    ...weights.map((weight, i) => [`weight ${i}`, weight] as const),
  ]);
  run.tape.add({
    name: stage.name,
    inputs,
    outputs: names.map((name) => made[name]!),
    saved: Object.values(kept),
    gradient(dys) {
      const tape = new Tape([...movingReads.map((name) => kept[name]!), ...weights]);
      const updates: StatisticsUpdate = new Map();
      const remade: Record<string, tf.Tensor> = tape.record(() => stageOf(stage, index, run, run.ops(updates), kept));
      noteMemory();
      tf.dispose([...updates.values()]);
      const seeds = names.flatMap((name, i) => (dys[i] ? [{ of: remade[name]!, dy: dys[i] }] : []));
      const found = tape.backward(seeds);
      return Object.fromEntries(
        Object.entries(inputs).map(([name, { shape }], i) => [name, () => found[i] ?? tf.zeros(shape)]),
      );
    },
  });
  return made;
}
