/**
 * Finds the reads that a training loop waits for: each is held back, and let go only when nothing else moves any more. One
 * whose value is wanted later holds nothing up.
 */

/** Milliseconds between two looks, and how many without anything new count as waiting. */
const LOOK_MS = 5;
const STILL = 10;

let holding = false;
let held: (() => void)[] = [];
/** Calls of WebGPU so far, whatever they are. */
let calls: () => number = () => 0;

/** Once, after the device's globals are there. `counted` grows with every call that matters. */
export function listenToReads(counted: () => number): void {
  calls = counted;
  const map = GPUBuffer.prototype.mapAsync;
  GPUBuffer.prototype.mapAsync = async function (...args) {
    const mapped = map.apply(this, args);
    if (holding) await new Promise<void>((resolve) => held.push(resolve));
    return mapped;
  };
}

function letGo(): number {
  const waiting = held.splice(0);
  for (const resolve of waiting) resolve();
  return waiting.length;
}

/** Holds reads back from now on; the function that is given back ends that and says how many were waited for. */
export function holdReads(): () => number {
  holding = true;
  held = [];
  let awaited = 0;
  let still = 0;
  let before = calls();
  const timer = setInterval(() => {
    const now = calls();
    still = now === before && held.length > 0 ? still + 1 : 0;
    before = now;
    if (still < STILL) return;
    awaited += letGo();
    still = 0;
  }, LOOK_MS);
  return () => {
    clearInterval(timer);
    holding = false;
    letGo();
    return awaited;
  };
}
