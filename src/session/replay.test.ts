import { beforeAll, describe, expect, it } from 'vitest';
import { learner, runToEnd, settings } from '../engine/testing.ts';
import { startBackend } from '../nn/backends/index.ts';
import type { RunSettings } from '../protocol/run.ts';
import { CURVES } from '../protocol/run.ts';
import { runOf } from '../ui/testing/run-fixtures.ts';
import { at, isRecorded, lengthOf } from './replay.ts';
import { emptyCurves, plot, toPoints } from './series.ts';
import type { RunRecord } from './store.ts';

const curvesOf = (run: RunRecord) => CURVES.map((curve) => toPoints(run[curve], run.id, curve));

/** A real run, and what its record was after every event. */
async function recorded(o: RunSettings): Promise<{ run: RunRecord; known: RunRecord[] }> {
  let run: RunRecord = { ...runOf({ epochs: 0, settings: o }), id: 'r', ...emptyCurves(), samples: [], marks: [] };
  const known: RunRecord[] = [];
  const net = learner(o);
  const { status } = await runToEnd(o, net, {}, (event) => {
    if (event.kind === 'metrics') run = { ...run, ...plot(run, [event.point]) };
    else if (event.kind === 'status') run = { ...run, status: event.status };
    else if (event.kind === 'mark') run = { ...run, marks: [...run.marks, event.mark] };
    known.push(run);
  });
  net.dispose();
  return { run: { ...run, status }, known };
}

beforeAll(async () => {
  await startBackend('wasm');
});

describe('a replay', () => {
  it('is the recorded run at its end, and begins with nothing trained', () => {
    const run = runOf({ status: { phase: 'done', finish: 'completed' } });
    expect(isRecorded(run)).toBe(true);
    expect(at(run, lengthOf(run))).toBe(run);
    expect(at(run, Number.POSITIVE_INFINITY)).toBe(run);
    const begin = at(run, 0);
    expect(begin.train.length).toBe(0);
    expect(begin.validation.length).toBe(1);
    expect(begin.status).toMatchObject({ phase: 'running', step: 0, epoch: 0 });
    expect(begin.status.best ?? begin.status.finish).toBeUndefined();
    expect(isRecorded(runOf())).toBe(false);
  });

  it.each([
    { monitor: 'validationLoss', minDelta: 0 },
    { monitor: 'accuracy', minDelta: 0.02 },
    { monitor: 'validationAccuracy', minDelta: 0 },
  ] as const)('shows at every moment what was known then: %o', async (rule) => {
    const earlyStopping = { ...settings().earlyStopping, ...rule };
    const o = settings({ epochs: 6, learningRate: 0.05, schedule: 'constant', earlyStopping });
    const { run, known } = await recorded(o);
    let looked = 0;
    for (const then of known) {
      const { phase, step, epoch, best, wait } = then.status;
      const ends = toPoints(then.validation, 'r', 'validation');
      const last = ends.at(-1);
      // where an epoch has just been judged, all of it has been told
      if (phase !== 'running' || !last || epoch !== last.epoch || step !== last.step) continue;
      const now = at(run, last.seconds);
      expect(curvesOf(now)).toEqual(curvesOf(then));
      if (now === run) continue;
      expect({ ...now.status }).toMatchObject({ phase, step, epoch, wait });
      expect(now.status.best?.epoch).toBe(best?.epoch);
      if (best) expect(now.status.best!.value).toBeCloseTo(best.value, 6);
      looked++;
    }
    expect(looked).toBeGreaterThan(3);
  });

  it('keeps marks and texts to their time', () => {
    const mark = { run: 'run-1', step: 100, epoch: 100 / 21, seconds: 11.8, kind: 'checkpoint' } as const;
    const sample = { run: 'run-1', step: 105, epoch: 5, prompt: 'a', text: 'b' };
    const run = runOf({ status: { phase: 'done', finish: 'completed' }, rest: { marks: [mark], samples: [sample] } });
    expect(at(run, 11.7)).toMatchObject({ marks: [], samples: [] });
    expect(at(run, 11.8)).toMatchObject({ marks: [mark], samples: [] });
    expect(at(run, 12.4)).toMatchObject({ marks: [mark], samples: [sample] });
  });
});
