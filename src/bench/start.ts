import type {
  BenchAbout,
  BenchBackend,
  BenchRequest,
  BenchResponse,
  BenchSetup,
  SiteContender,
} from '../protocol/bench.ts';
import { type BenchCase, makeCase } from './cases.ts';
import type { Contender } from './contender.ts';
import { countDispatches } from './dispatches.ts';

export type Make = (o: BenchCase, backend: BenchBackend) => Promise<Contender>;

/** What the site has; each is loaded where it runs. */
export const SITE_CONTENDERS: Readonly<Record<SiteContender, () => Promise<Make>>> = {
  ours: async () => (await import('./ours.ts')).ours,
  'stock-loop': async () => (await import('./stock/loop.ts')).stockLoop,
  'stock-fit': async () => (await import('./stock/fit.ts')).stockFit,
};

/** Answers requests, one after another, with the contenders that it knows. */
export function benchServer<C extends string>(contenders: Readonly<Record<C, () => Promise<Make>>>) {
  let contender: Contender | undefined;
  let made: BenchCase | undefined;
  const start = async ({ contender: id, backend, model, scale }: BenchSetup<C>): Promise<BenchAbout> => {
    made = makeCase(model, scale);
    contender = await (await contenders[id]())(made, backend);
    const { adapter, version, parameters, differs } = contender;
    return { adapter, version, parameters, ...(differs ? { differs } : {}), flops: made.flops };
  };
  const answer = async (request: BenchRequest<C>): Promise<BenchResponse> => {
    if (request.kind === 'start') return { kind: 'started', about: await start(request.setup) };
    if (!contender) throw new Error('nothing was started');
    if (request.kind === 'losses') return { kind: 'losses', losses: await contender.losses(request.steps) };
    const dispatches = countDispatches();
    const from = performance.now();
    await contender.run(request.steps);
    return { kind: 'block', ms: performance.now() - from, dispatches: dispatches() / request.steps };
  };
  return (request: BenchRequest<C>): Promise<BenchResponse> =>
    answer(request).catch((error: unknown) => ({
      kind: 'failed',
      message: error instanceof Error ? error.message : String(error),
    }));
}
