import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { WorkerEvent } from '../protocol/messages.ts';
import { steer } from './steering.ts';
import { pictures } from './testing/pictures.ts';
import { studioWith } from './testing/texts.ts';
import { settings } from './testing.ts';
import { startRun } from './training.ts';

const events: WorkerEvent[] = [];
const of = <K extends WorkerEvent['kind']>(kind: K) =>
  events.filter((event): event is Extract<WorkerEvent, { kind: K }> => event.kind === kind);
let heard = (_: WorkerEvent): void => {};
const studio = studioWith(undefined, (event) => {
  events.push(event);
  heard(event);
});
const short = settings({
  epochs: 1,
  fewShot: { examplesPerClass: 4, draw: 0, share: 1 },
  oldTask: { ...settings().oldTask, watch: false },
});

describe('a run that only begins', () => {
  beforeAll(async () => {
    await studio.chooseBackend('wasm');
    studio.dataset = await pictures('digits-5-9.zip', { inputs: [{ kind: 'image', size: 28, channels: 1 }] });
  });
  beforeEach(() => {
    events.length = 0;
  });
  const steps = () =>
    of('metrics')
      .flatMap(({ points }) => points)
      .filter(({ split }) => split === 'train').length;

  it('is paused before its first step by what is asked while its model loads, and goes on', async () => {
    heard = (event) => {
      if (event.kind !== 'run-status' || event.status.phase !== 'paused') return;
      expect(steps()).toBe(0);
      heard = () => {};
      steer(studio, 'ahead', { kind: 'resume' });
    };
    const training = startRun(studio, 'ahead', short);
    expect(studio.runs.has('ahead')).toBe(false);
    expect(() => steer(studio, 'ahead', { kind: 'validate' })).toThrow('no-run');
    steer(studio, 'ahead', { kind: 'pause' });
    expect(await training).toMatchObject({ phase: 'done', finish: 'completed' });
    expect(of('run-status').map(({ status }) => status.phase)).toContain('paused');
    expect(steps()).toBeGreaterThan(0);
  });

  it('is thrown away, and nothing waits for it any more', async () => {
    const training = startRun(studio, 'ahead', short);
    steer(studio, 'ahead', { kind: 'stop-discard' });
    expect(await training).toMatchObject({ phase: 'stopped', finish: 'stop-discard' });
    expect(steps()).toBe(0);
    expect(studio.beginning.size).toBe(0);
  });
});
