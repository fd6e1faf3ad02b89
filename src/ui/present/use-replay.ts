import { useEffect, useMemo, useState } from 'react';
import { at, isRecorded, lengthOf } from '@/session/replay.ts';
import type { RunRecord } from '@/session/store.ts';

/** How many times as fast as it was. */
export const SPEEDS = [0.1, 0.25, 0.5, 1, 2, 4, 8, 16] as const;
/** Milliseconds between two pictures of a replay. */
const TICK = 50;
/** A run with more steps than this is gone through by its validations. */
const MOST_STEPS = 200;

export interface Replay {
  /** The runs as they stood at the moment that is shown: as they are, where nothing is replayed. */
  runs: readonly RunRecord[];
  /** Seconds of training; undefined where the end is shown. */
  seconds: number | undefined;
  /** Of the first point that was recorded, and of the last. */
  begin: number;
  length: number;
  playing: boolean;
  speed: number;
  /** Whether there is something to replay. */
  possible: boolean;
  seek(seconds: number): void;
  toggle(): void;
  /** To the next step, or the one before. */
  step(by: 1 | -1): void;
  /** Faster or slower by one. */
  pace(by: 1 | -1): void;
  setSpeed(speed: number): void;
  again(): void;
  /** Shows the end. */
  close(): void;
}

/** A replay of recorded runs, all from their first step, at any speed. Where one of them goes on still there is none. */
export function useReplay(runs: readonly RunRecord[]): Replay {
  const [seconds, setSeconds] = useState<number>();
  const [playing, play] = useState(false);
  const [speed, setSpeed] = useState(1);
  const possible = runs.length > 0 && runs.every(isRecorded);
  const length = possible ? Math.max(...runs.map(lengthOf)) : 0;
  const moments = useMemo(() => (possible ? momentsOf(runs) : []), [possible, runs]);
  const begin = moments[0] ?? 0;
  // another run begins at its end
  const key = runs.map(({ id }) => id).join();
  const [shown, show] = useState(key);
  if (shown !== key) {
    show(key);
    setSeconds(undefined);
    play(false);
  }
  useEffect(() => {
    if (!playing || !possible) return;
    let before = performance.now();
    const timer = setInterval(() => {
      const now = performance.now();
      const by = ((now - before) / 1000) * speed;
      before = now;
      setSeconds((last = begin) => Math.min(length, last + by));
    }, TICK);
    return () => clearInterval(timer);
  }, [playing, possible, speed, begin, length]);
  useEffect(() => {
    if (seconds === undefined || seconds < length) return;
    play(false);
  }, [seconds, length]);

  const current = possible ? seconds : undefined;
  const seek = (to: number) => {
    play(false);
    setSeconds(Math.max(begin, Math.min(length, to)));
  };
  const again = () => {
    setSeconds(begin);
    play(true);
  };
  return {
    runs: useMemo(() => (current === undefined ? runs : runs.map((run) => at(run, current))), [runs, current]),
    seconds: current,
    begin,
    length,
    playing: playing && possible,
    speed,
    possible,
    seek,
    again,
    setSpeed,
    toggle: () => (!playing && (current === undefined || current >= length) ? again() : play(!playing)),
    step(by) {
      const from = current ?? length;
      const next = by > 0 ? moments.find((each) => each > from) : moments.findLast((each) => each < from);
      seek(next ?? (by > 0 ? length : begin));
    },
    pace: (by) => setSpeed((last) => SPEEDS[clamp(SPEEDS.indexOf(last as 1) + by, SPEEDS.length)]!),
    close() {
      play(false);
      setSeconds(undefined);
    },
  };
}

const clamp = (i: number, count: number): number => Math.max(0, Math.min(count - 1, i));

/** Where a replay halts on its way: at every training step, of long runs at every validation; first at the first point. */
function momentsOf(runs: readonly RunRecord[]): number[] {
  const all = runs.flatMap(({ train, validation }) => {
    const short = train.length > 0 && train.length <= MOST_STEPS;
    const of = ({ columns, length }: RunRecord['train']) => [...columns.seconds.subarray(0, length)];
    return short ? [...of(validation).slice(0, 1), ...of(train)] : of(validation);
  });
  return [...new Set(all)].sort((a, b) => a - b);
}
