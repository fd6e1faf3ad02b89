import type { CureId } from '../protocol/run.ts';
import { meta as ewc } from './ewc/meta.ts';
import { meta as l2sp } from './l2sp/meta.ts';
import { meta as lwf } from './lwf/meta.ts';
import type { CureMeta } from './meta.ts';
import { meta as replay } from './replay/meta.ts';

/** Every cure of forgetting that is a term of the loss, in the order in which the page lists them. */
export const CURE_METAS = { replay, l2sp, ewc, lwf } as const satisfies Record<CureId, CureMeta>;
