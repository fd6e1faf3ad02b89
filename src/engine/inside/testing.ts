import type { Learner } from '../../nn/learner.ts';
import { type EmbeddingMap, type Inside, withLook } from '../../protocol/inside.ts';
import type { RunSettings } from '../../protocol/run.ts';
import { figures, IDS, prefixOf, runToEnd, source } from '../testing.ts';
import { Insider } from './insider.ts';

export interface Course {
  points: ReturnType<typeof figures>;
  inside: Inside;
  map: EmbeddingMap;
  net: Learner;
}

/** A run that is looked inside of; the head is new, the rest is the model's. */
export async function lookedAt(o: RunSettings, net: Learner, cached = false): Promise<Course> {
  const run: ConstructorParameters<typeof Insider>[0] & {
    inside?: Inside | undefined;
    map?: EmbeddingMap | undefined;
  } = {
    settings: o,
    plan: { start: 'pretrained', head: new Set(['classifier.weight', 'classifier.bias']), keepsHead: false },
    model: { file: net.beginning },
    data: { ids: { ...IDS, test: [] } },
  } as never;
  const looking = new Insider(run, net, source);
  const patch = {
    onlooker: looking,
    watchers: [looking.watcher],
    cache: cached ? await prefixOf(net, o) : undefined,
  };
  const { points } = await runToEnd(o, net, patch, (event) => {
    if (event.kind === 'inside') run.inside = withLook(run.inside, event.shape, event.look);
    if (event.kind === 'map') run.map = withLook(run.map, event.shape, event.look);
  });
  looking.dispose();
  return { points: figures(points), inside: run.inside!, map: run.map!, net };
}
