import { type RefObject, useEffect, useState } from 'react';
import { type Problem, ProblemError } from '@/protocol/problems.ts';
import type { FrameGuess } from '@/protocol/result.ts';
import { middleOf } from '../data/camera/frames.ts';
import { useActions } from '../studio-context.tsx';

/** Milliseconds that the frame rate is counted over. */
const WINDOW = 1000;

export interface Frames {
  guess?: FrameGuess;
  /** Frames answered within the last second. */
  rate: number;
  problem?: Problem;
}

/** Names what a video shows, one frame after the other: the next is taken when the last has its answer. */
export function useFrames(run: string, video: RefObject<HTMLVideoElement | null>, on: boolean): Frames {
  const { predictFrame } = useActions();
  const [frames, setFrames] = useState<Frames>({ rate: 0 });
  useEffect(() => {
    if (!on) return;
    let over = false;
    const answered: number[] = [];
    const watch = async () => {
      while (!over) {
        await nextFrame(video.current);
        // nobody sees the page: nothing is looked at, and nothing computed
        if (document.hidden) await shown();
        const frame = !over && video.current && (await squareOf(video.current));
        if (over || !frame) continue;
        const guess = await predictFrame(run, frame);
        const now = performance.now();
        answered.push(now);
        while (answered[0]! <= now - WINDOW) answered.shift();
        if (!over) setFrames({ guess, rate: answered.length });
      }
    };
    watch().catch((error) => {
      const problem =
        error instanceof ProblemError
          ? error.problem
          : new ProblemError('internal', { message: String(error) }).problem;
      if (!over) setFrames({ rate: 0, problem });
    });
    return () => {
      over = true;
    };
  }, [predictFrame, run, video, on]);
  return frames;
}

const nextFrame = (video: HTMLVideoElement | null): Promise<unknown> =>
  new Promise((resolve) => {
    if (video && 'requestVideoFrameCallback' in video && !video.paused) video.requestVideoFrameCallback(resolve);
    else requestAnimationFrame(resolve);
  });

const shown = (): Promise<unknown> =>
  new Promise((resolve) => document.addEventListener('visibilitychange', resolve, { once: true }));

/** The square in the middle, where the model looks; undefined before the first frame. */
async function squareOf(video: HTMLVideoElement): Promise<ImageBitmap | undefined> {
  if (video.videoWidth === 0) return undefined;
  const { x, y, side } = middleOf(video.videoWidth, video.videoHeight);
  return createImageBitmap(video, x, y, side, side);
}
