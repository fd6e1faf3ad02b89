let seen = 0;
let watching = false;

function watch(): void {
  watching = true;
  // a browser without WebGPU has no such class
  if (typeof GPUComputePassEncoder === 'undefined') return;
  const passes = GPUComputePassEncoder.prototype;
  for (const name of ['dispatchWorkgroups', 'dispatchWorkgroupsIndirect'] as const) {
    const dispatch = passes[name] as (...args: unknown[]) => undefined;
    passes[name] = function (this: GPUComputePassEncoder, ...args: unknown[]) {
      seen++;
      return dispatch.apply(this, args);
    };
  }
}

/** Counts what this thread dispatches to a GPU from now on; 0 where nothing does. */
export function countDispatches(): () => number {
  if (!watching) watch();
  const before = seen;
  return () => seen - before;
}
