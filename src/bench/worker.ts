/** A realm of its own for one contender of the page /bench. */
import type { BenchRequest } from '../protocol/bench.ts';
import { benchServer, SITE_CONTENDERS } from './start.ts';

const answer = benchServer(SITE_CONTENDERS);

self.onmessage = async ({ data }: MessageEvent<BenchRequest>) => {
  self.postMessage(await answer(data));
};
