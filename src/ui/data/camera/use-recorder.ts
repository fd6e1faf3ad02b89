import { type RefObject, useCallback, useEffect, useRef, useState } from 'react';
import { FRAME_RATE, takeFrame } from './frames.ts';

/** Takes pictures while a button is held: one at once, then so many a second; hands them over when it is let go. */
export function useRecorder(video: RefObject<HTMLVideoElement | null>, onTaken: (pictures: readonly Blob[]) => void) {
  const [shots, setShots] = useState<readonly Blob[]>([]);
  const [recording, setRecording] = useState(false);
  const timer = useRef<ReturnType<typeof setInterval>>(undefined);
  const burst = useRef<Promise<Blob | undefined>[]>([]);

  const take = useCallback(() => {
    if (!video.current) return;
    const shot = takeFrame(video.current);
    burst.current.push(shot);
    void shot.then((blob) => blob && setShots((before) => [...before, blob]));
  }, [video]);

  const start = useCallback(() => {
    if (timer.current !== undefined) return;
    burst.current = [];
    setRecording(true);
    take();
    timer.current = setInterval(take, 1000 / FRAME_RATE);
  }, [take]);

  const stop = useCallback(async () => {
    if (timer.current === undefined) return;
    clearInterval(timer.current);
    timer.current = undefined;
    setRecording(false);
    const pictures = (await Promise.all(burst.current)).filter((blob) => blob !== undefined);
    if (pictures.length > 0) onTaken(pictures);
  }, [onTaken]);

  useEffect(() => () => clearInterval(timer.current), []);
  const forget = useCallback(() => setShots([]), []);
  return { shots, recording, start, stop, forget };
}
