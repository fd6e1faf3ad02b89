/** A thread of the WebAssembly backend: it waits for tasks and never comes back to its event loop. */
import { placeOn } from './site.ts';
import { type Shared, serve } from './team.ts';

export interface Hired {
  module: WebAssembly.Module;
  memory: WebAssembly.Memory;
  shared: Shared;
  helper: number;
}

self.onmessage = ({ data }: MessageEvent<Hired>): void => {
  const place = placeOn(data.module, data.memory);
  self.postMessage('ready');
  serve(data.shared, data.helper, place);
};
