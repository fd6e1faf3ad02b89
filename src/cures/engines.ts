import type { CureId } from '../protocol/run.ts';
import type { CureEngine } from './engine.ts';
import { engine as ewc } from './ewc/engine.ts';
import { engine as l2sp } from './l2sp/engine.ts';
import { engine as lwf } from './lwf/engine.ts';
import { engine as replay } from './replay/engine.ts';

export const CURE_ENGINES = { replay, l2sp, ewc, lwf } as const satisfies Record<CureId, CureEngine>;
