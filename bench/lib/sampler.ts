import { readFileSync } from 'node:fs';
import type { Page } from 'playwright';

/** Bytes at one moment. */
export interface Sample {
  /** Seconds since the sampler began. */
  at: number;
  phase: string;
  /** JavaScript's live objects after a collection: of the page, and of its workers. */
  pageHeap: number;
  workerHeap: number;
  /** Everything that the renderer process has in memory, WebAssembly's memory included. */
  resident: number;
  /** The allocator's count of live tensor bytes, as the studio shows it. */
  device: number;
}

export interface Sampler {
  /** What goes on from now on. */
  phase(name: string): void;
  stop(): Promise<Sample[]>;
}

interface Breakdown {
  bytes: number;
  breakdown: { bytes: number; attribution: { scope: string }[] }[];
}
declare global {
  interface Performance {
    measureUserAgentSpecificMemory(): Promise<Breakdown>;
  }
}

/** Makes the browser's own measurement collect garbage at once instead of waiting for it. */
export const MEMORY_FLAGS = ['--enable-blink-features=ForceEagerMeasureMemory'];

const EVERY_MS = 1500;

/** Looks at the memory of the page, its worker and their process again and again. The page must be isolated. */
export async function sampleMemory(page: Page): Promise<Sampler> {
  const session = await page.context().browser()!.newBrowserCDPSession();
  const { processInfo } = await session.send('SystemInfo.getProcessInfo');
  const renderers = processInfo.filter(({ type }) => type === 'renderer').map(({ id }) => id);
  const started = performance.now();
  const samples: Sample[] = [];
  let phase = '';
  let going = true;
  const loop = (async () => {
    while (going) {
      const at = (performance.now() - started) / 1000;
      const { pageHeap, workerHeap, device } = await page.evaluate(heaps);
      samples.push({ at, phase, pageHeap, workerHeap, device, resident: Math.max(...renderers.map(residentOf)) });
      await new Promise((resolve) => setTimeout(resolve, EVERY_MS));
    }
  })();
  return {
    phase(name) {
      phase = name;
    },
    async stop() {
      going = false;
      await loop;
      await session.detach();
      return samples;
    },
  };
}

/** In the page. */
async function heaps(): Promise<{ pageHeap: number; workerHeap: number; device: number }> {
  const { breakdown } = await performance.measureUserAgentSpecificMemory();
  const of = (worker: boolean) =>
    breakdown
      .filter(({ attribution }) => attribution.some(({ scope }) => scope.includes('Worker')) === worker)
      .reduce((sum, { bytes }) => sum + bytes, 0);
  let device = 0;
  for (const { received } of window.bench.log)
    if (received?.kind === 'event' && received.event.kind === 'run-status')
      device = received.event.status.memoryBytes || device;
  return { pageHeap: of(false), workerHeap: of(true), device };
}

/** Resident bytes of a process of this machine; 0 once it has ended. */
function residentOf(pid: number): number {
  try {
    const kilobytes = readFileSync(`/proc/${pid}/status`, 'utf8').match(/VmRSS:\s+(\d+)/)?.[1];
    return Number(kilobytes ?? 0) * 1024;
  } catch {
    return 0;
  }
}
