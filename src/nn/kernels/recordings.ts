/** Work that is recorded once and replayed: the device is asked for the same without the JavaScript that led to it. */
import type { TensorInfo } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { noteMemory, peakOf } from '../memory.ts';
import { type TrainingBackend, trainingBackend } from './backend.ts';
import { bindingOf, isAt } from './opened.ts';
import { type Bound, Recorder, type Recording } from './recording.ts';

/** What each place that drops draws from this time. */
type SeedOf = (place: string) => number;

/**
 * Does `work` and writes down what it asks of the device; undefined where it does more than can be replayed. Of `inputs` only
 * the shapes may matter to it, and they stay until it is done.
 */
export function record(
  backend: TrainingBackend,
  inputs: readonly TensorInfo[],
  work: () => readonly (TensorInfo | undefined)[],
): Recording | undefined {
  for (const { dataId } of inputs) backend.toRead(dataId);
  const recorder = new Recorder(inputs);
  backend.recorder = recorder;
  const before = backend.bufferManager.numBytesUsed;
  try {
    const { result, peak } = peakOf(work);
    return recorder.finish(result, (dataId) => backend.tensorMap.get(dataId)!, Math.max(0, peak - before));
  } finally {
    backend.recorder = undefined;
  }
}

/**
 * Asks for the same again, of other inputs of the same shapes; undefined where it has to be recorded anew because
 * something lies elsewhere now.
 */
export function replay(
  backend: TrainingBackend,
  recording: Recording,
  inputs: readonly TensorInfo[],
  seedOf: SeedOf,
): (tf.Tensor | undefined)[] | undefined {
  if (!isAsItWas(backend, recording)) return undefined;
  const given = inputs.map(({ dataId }) => bindingOf(backend.toRead(dataId)));
  const bindingFor = (bound: Bound) => (typeof bound === 'number' ? given[bound]! : bound);
  for (const [uniform, values] of recording.seeded) uniform.reseed(values, seedOf);
  // what works in free memory takes it all the same
  backend.bufferManager.numBytesUsed += recording.peakBytes;
  noteMemory();
  for (const command of recording.commands) {
    if (command.kind === 'copy') {
      backend.encodeCopy(bindingFor(command.from), bindingFor(command.to), command.bytes);
      continue;
    }
    const { kernel, groups } = command;
    const group = 'group' in command ? command.group : backend.grouped(kernel, command.bound.map(bindingFor));
    backend.encode(kernel, group, groups);
  }
  // the last of the commands may still wait
  for (const uniform of recording.seeded.keys()) uniform.read();
  for (const { dataId } of inputs) backend.toRead(dataId);
  backend.bufferManager.numBytesUsed -= recording.peakBytes;
  return resultsOf(backend, recording);
}

function isAsItWas(backend: TrainingBackend, { memory, lasting, gradients }: Recording): boolean {
  const free = new Set([...backend.bufferManager.freeBuffers.values()].flat());
  for (const buffer of memory) if (!free.has(buffer)) return false;
  const { tensorMap } = backend;
  for (const [dataId, place] of lasting)
    if (!tensorMap.has(dataId) || !isAt(tensorMap.get(dataId), place)) return false;
  for (const [weight, { buffer, offset }] of gradients) {
    const now = backend.gradientPlaces.get(weight);
    if (now?.buffer !== buffer || now.offset !== offset) return false;
  }
  return true;
}

function resultsOf(backend: TrainingBackend, { results }: Recording): (tf.Tensor | undefined)[] {
  const made: (TensorInfo | undefined)[] = [];
  for (const result of results) {
    if (result?.kind === 'pooled') made.push(backend.makeIn(result.buffer, result.shape, result.dtype));
    else if (result?.kind === 'placed') made.push(backend.view(result.place.buffer, result.place.offset, result.shape));
    else made.push(result && backend.alias(made[result.as]!, result.shape));
  }
  return made.map((info) => info && tf.engine().makeTensorFromTensorInfo(info));
}

/** As many shapes of batches are remembered at once: texts come in buckets of like length. */
const MOST = 16;
/** Tries in a row that came to nothing, after which a kind of work is done the ordinary way for good. */
const TRIES = 4;

/** What work is done with. */
export interface Given {
  /** Other tensors each time, whose shapes the key tells. */
  inputs: readonly tf.Tensor[];
  /** All else that may come to lie elsewhere: weights, which are assigned to. */
  lasting: readonly tf.Tensor[];
}

interface Known {
  recording: Recording | undefined;
  /** Data of what lasts. */
  lasting: readonly object[];
  names: readonly string[];
  failed: number;
}

/** By name; undefined where there is nothing. */
type Results = Readonly<Record<string, tf.Tensor | undefined>>;

/** Kinds of work that are the same each time but for their inputs. */
export class Recordings {
  private readonly known = new Map<string, Known>();

  /** Results of `work`, the caller's. `key` tells apart what differs in more than the values of `inputs`. */
  run(key: string, { inputs, lasting }: Given, seedOf: SeedOf, work: () => Results): Results {
    const backend = trainingBackend();
    if (!backend || backend.isHeard) return work();
    const known = this.know(key);
    const isSame = known.recording && lasting.every(({ dataId }, i) => dataId === known.lasting[i]);
    const again = isSame && replay(backend, known.recording!, inputs, seedOf);
    if (again) {
      known.failed = 0;
      return Object.fromEntries(known.names.map((name, i) => [name, again[i]]));
    }
    if (known.failed >= TRIES) return work();
    let results: Results = {};
    known.recording = record(backend, inputs, () => {
      results = work();
      return Object.values(results);
    });
    known.lasting = lasting.map(({ dataId }) => dataId);
    known.names = Object.keys(results);
    known.failed++;
    return results;
  }

  private know(key: string): Known {
    const known = this.known.get(key) ?? { recording: undefined, lasting: [], names: [], failed: 0 };
    // the last used is the last to go
    this.known.delete(key);
    this.known.set(key, known);
    if (this.known.size > MOST) this.known.delete(this.known.keys().next().value!);
    return known;
  }

  /** Forgets all of it: something else moves from here on. */
  clear(): void {
    this.known.clear();
  }
}
