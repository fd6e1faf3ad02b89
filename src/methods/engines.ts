import type { MethodEngine } from './engine.ts';
import { engine as full } from './full/engine.ts';
import { engine as head } from './head/engine.ts';
import { engine as lastN } from './last-n/engine.ts';
import type { MethodId } from './metas.ts';

export const METHOD_ENGINES = { full, head, 'last-n': lastN } as const satisfies Record<MethodId, MethodEngine>;
