import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { WorkerEvent } from '../protocol/messages.ts';
import { emptyStatus, type StepMetrics } from '../protocol/run.ts';
import { Courier } from './courier.ts';

const point = (step: number) => ({ run: 'r', split: 'train', step }) as StepMetrics;

describe('courier', () => {
  beforeEach(() => void vi.useFakeTimers({ toFake: ['performance'] }));
  afterEach(() => void vi.useRealTimers());

  it('tells the page at most ten times a second, and loses no point', () => {
    const events: WorkerEvent[] = [];
    const courier = new Courier((event) => events.push(event));
    for (let step = 0; step < 1000; step++) {
      courier.point(point(step));
      courier.status({ ...emptyStatus('r', 1, 'wasm'), phase: 'running', step });
      vi.advanceTimersByTime(2);
    }
    courier.flush();
    const metrics = events.filter((event) => event.kind === 'metrics');
    expect(metrics.length).toBeLessThanOrEqual(23);
    expect(metrics.flatMap(({ points }) => points.map(({ step }) => step))).toEqual(
      Array.from({ length: 1000 }, (_, i) => i),
    );
    const last = events.findLast((event) => event.kind === 'run-status');
    expect(last?.status.step).toBe(999);
  });

  it('keeps nothing back from a paused run, which may be still for long', () => {
    const events: WorkerEvent[] = [];
    const courier = new Courier((event) => events.push(event));
    const paused = { ...emptyStatus('r', 1, 'wasm'), phase: 'paused' } as const;
    courier.status(paused);
    courier.point(point(7));
    courier.status(paused);
    expect(events.flatMap((event) => (event.kind === 'metrics' ? event.points : []))).toEqual([point(7)]);
  });

  it('tells of a new phase at once', () => {
    const events: WorkerEvent[] = [];
    const courier = new Courier((event) => events.push(event));
    for (const phase of ['running', 'paused', 'running'] as const)
      courier.status({ ...emptyStatus('r', 1, 'wasm'), phase });
    expect(events.map((event) => event.kind === 'run-status' && event.status.phase)).toEqual([
      'running',
      'paused',
      'running',
    ]);
  });
});
