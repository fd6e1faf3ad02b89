import { fixedImages } from '../../src/data/fixed-examples.ts';
import { Control } from '../../src/engine/control.ts';
import type { LoadedModel } from '../../src/engine/model.ts';
import { residentOf } from '../../src/engine/resident.ts';
import { train } from '../../src/engine/train.ts';
import type { TrainEvent } from '../../src/engine/training-job.ts';
import type { Learner } from '../../src/nn/learner.ts';
import type { BackendInfo } from '../../src/protocol/backend.ts';
import { inForce } from '../../src/protocol/marks.ts';
import { initialSettings } from '../../src/session/defaults.ts';
import { engine as task } from '../../src/tasks/image-classification/engine.ts';
import { CLOTHES, type Clothes } from '../lib/clothes.ts';
import { learnerOf } from '../lib/shipped.ts';

const BATCH = 32;
const VALIDATED = 32;

/** A run of the engine on so many pictures, that goes on for some steps when it is asked to. */
export interface Course {
  examples: number;
  /** Milliseconds of processor time of so many more steps, validations left out. */
  advance(steps: number): Promise<number>;
  dispose(): void;
}

/** What a device that computes nothing gives back is anything, and would end a run. */
function silence(learner: Learner): void {
  const nothing = { loss: 0, correct: 0 };
  const [step, evaluate] = [learner.step.bind(learner), learner.evaluate.bind(learner)];
  learner.step = (...args) => step(...args).then(() => nothing);
  learner.evaluate = (...args) => evaluate(...args).then(() => nothing);
  learner.read = async () => ({ weights: new Map(), slots: new Map() });
}

/**
 * Everything of digits-cnn trains; the pictures are prepared already, as they are from their second epoch on. `computes`:
 * the device is a real one.
 */
export async function courseOf(
  model: LoadedModel,
  clothes: Clothes,
  { examples, backend, computes }: { examples: number; backend: BackendInfo; computes: boolean },
): Promise<Course> {
  const dataset = fixedImages('clothes', CLOTHES, clothes);
  const source = task.source(dataset, model.processor as never, {});
  const ids = {
    train: Array.from({ length: examples }, (_, id) => id),
    validation: Array.from({ length: VALIDATED }, (_, i) => examples + i),
  };
  const settings = {
    ...initialSettings(),
    model: { kind: 'shipped', id: 'digits-cnn' } as const,
    method: { id: 'full', options: {} },
    task: {},
    batchSize: BATCH,
    epochs: 1000,
    earlyStopping: { ...initialSettings().earlyStopping, enabled: false },
  };
  const { learner } = learnerOf(model, CLOTHES, 'full');
  if (!computes) silence(learner);
  const resident = await residentOf(source, examples + VALIDATED, backend, 0);
  const events = train({
    run: String(examples),
    settings,
    learner,
    source,
    classes: CLOTHES.length,
    ids,
    cache: undefined,
    resident,
    control: new Control(),
    backend: backend.name,
    unrepeatable: [],
    inForce: inForce(settings, []),
    movable: () => new Set(learner.trainable),
  });
  let step = 0;
  /** Since the last event that counts. */
  let spent = 0;
  const next = async (): Promise<TrainEvent> => {
    const before = process.cpuUsage();
    const { value, done } = await events.next();
    const { user, system } = process.cpuUsage(before);
    spent += (user + system) / 1000;
    if (done) throw new Error(`the run of ${examples} pictures ended`);
    return value;
  };
  return {
    examples,
    async advance(steps) {
      let total = 0;
      for (const until = step + steps; step < until; ) {
        const event = await next();
        if (event.kind !== 'status') continue;
        // what is said without a step was a validation and a checkpoint
        if (event.status.step > step) total += spent;
        step = event.status.step;
        spent = 0;
      }
      return total;
    },
    dispose() {
      learner.dispose();
      resident?.dispose();
    },
  };
}
