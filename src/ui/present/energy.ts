import { useState } from 'react';

/** What a laptop takes while its processor or graphics chip works; a person may say otherwise. */
export const USUAL_WATTS = 30;
const MOST_WATTS = 2000;
const KEPT = 'tuning-fork-watts';

/** An estimate: seconds of training at a constant power, in watt-hours. */
export const wattHours = (seconds: number, watts: number): number => (seconds * watts) / 3600;

/** A whole number of watts that a machine may take; undefined for what is none. */
export function wattsOf(text: string): number | undefined {
  const watts = Math.round(Number(text));
  return text.trim() !== '' && watts >= 1 && watts <= MOST_WATTS ? watts : undefined;
}

/** The power that is assumed; the browser keeps what a person says. */
export function useWatts(): [number, (watts: number) => void] {
  const [watts, set] = useState(() => wattsOf(localStorage.getItem(KEPT) ?? '') ?? USUAL_WATTS);
  return [
    watts,
    (next) => {
      localStorage.setItem(KEPT, String(next));
      set(next);
    },
  ];
}
