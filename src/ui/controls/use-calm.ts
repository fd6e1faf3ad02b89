import { useEffect, useRef, useState } from 'react';

/**
 * The newest value, at most every so many milliseconds: a run that goes on changes ten times a second. What is urgent is
 * shown at once: whoever is told that something has ended must not find beside it what stood there before its end.
 */
export function useCalm<T>(value: T, ms: number, urgent: (shown: T, newest: T) => boolean): T {
  const [shown, show] = useState(value);
  const newest = useRef(value);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  newest.current = value;
  useEffect(() => {
    if (value === shown) return;
    // one that waits is left alone: on a slow machine values come faster than a timer that each of them sets anew
    timer.current ??= setTimeout(() => {
      timer.current = undefined;
      show(newest.current);
    }, ms);
  }, [value, shown, ms]);
  useEffect(
    () => () => {
      clearTimeout(timer.current);
      timer.current = undefined;
    },
    [],
  );
  return value !== shown && urgent(shown, value) ? value : shown;
}
