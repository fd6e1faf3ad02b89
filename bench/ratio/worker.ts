/** A realm of its own for one contender: ours, stock TensorFlow.js, or a peer. */
import { benchServer, SITE_CONTENDERS } from '../../src/bench/start.ts';
import type { BenchRequest } from '../../src/protocol/bench.ts';
import { PEERS } from './peers/index.ts';

const answer = benchServer({ ...SITE_CONTENDERS, ...PEERS });

self.onmessage = async ({ data }: MessageEvent<BenchRequest<keyof typeof PEERS | keyof typeof SITE_CONTENDERS>>) => {
  self.postMessage(await answer(data));
};
