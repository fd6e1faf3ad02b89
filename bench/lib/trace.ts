import type { Browser, Page } from 'playwright';

/** A task of the page's main thread. */
export interface Task {
  /** Milliseconds: from start to end, and of it on a processor, which is what an idle machine would take. */
  ms: number;
  processorMs: number;
  /** What was in it, the longest first. */
  parts: readonly string[];
}

interface TraceEvent {
  name: string;
  ph: string;
  pid: number;
  tid: number;
  /** Microseconds. */
  ts: number;
  dur?: number;
  tdur?: number;
  args?: { name?: string; data?: { functionName?: string; url?: string; type?: string } };
}

const CATEGORIES = ['devtools.timeline', 'disabled-by-default-devtools.timeline'];

/** Every task of the page while `work` goes on, from a trace of the browser. */
export async function traceTasks(page: Page, work: () => Promise<void>): Promise<Task[]> {
  const browser = page.context().browser() as Browser;
  await browser.startTracing(page, { categories: CATEGORIES });
  await work();
  const trace = await browser.stopTracing();
  const { traceEvents } = JSON.parse(trace.toString('utf8')) as { traceEvents: TraceEvent[] };
  const main = mainThread(traceEvents);
  const events = traceEvents.filter((event) => event.ph === 'X' && main(event)).sort((a, b) => a.ts - b.ts);
  const tasks = events.filter(({ name }) => name === 'RunTask' || name === 'ThreadControllerImpl::RunTask');
  return tasks.map((task) => ({
    ms: (task.dur ?? 0) / 1000,
    processorMs: (task.tdur ?? 0) / 1000,
    parts: (task.dur ?? 0) > 20_000 ? partsOf(task, events) : [],
  }));
}

/** The main thread of the renderer in which the page's scripts run. */
function mainThread(events: readonly TraceEvent[]): (event: TraceEvent) => boolean {
  const calls = new Map<string, number>();
  const mains = new Set(
    events
      .filter(({ name, args }) => name === 'thread_name' && args?.name === 'CrRendererMain')
      .map(({ pid, tid }) => `${pid}/${tid}`),
  );
  for (const { name, pid, tid } of events) {
    const key = `${pid}/${tid}`;
    if (name === 'FunctionCall' && mains.has(key)) calls.set(key, (calls.get(key) ?? 0) + 1);
  }
  const [busiest] = [...calls].sort((a, b) => b[1] - a[1])[0] ?? [];
  if (!busiest) throw new Error('The trace shows no script of the page.');
  return ({ pid, tid }) => `${pid}/${tid}` === busiest;
}

/** What a task did, without what lies inside something that is told already. */
function partsOf(task: TraceEvent, events: readonly TraceEvent[]): string[] {
  const end = task.ts + task.dur!;
  const sums = new Map<string, number>();
  let covered = 0;
  for (const event of events) {
    if (event.ts < task.ts || event === task) continue;
    if (event.ts > end) break;
    if (event.ts < covered || !event.dur || event.name === 'RunTask') continue;
    const outer = event.name === 'v8.callFunction' || event.name === 'EvaluateScript';
    if (!outer) covered = event.ts + event.dur;
    const { functionName, type } = event.args?.data ?? {};
    const label = [event.name, functionName ?? type].filter(Boolean).join(' ');
    sums.set(label, (sums.get(label) ?? 0) + event.dur / 1000);
  }
  return [...sums]
    .sort((a, b) => b[1] - a[1])
    .slice(0, 6)
    .map(([label, ms]) => `${label} ${ms.toFixed(0)} ms`);
}
