import type { Ops } from '../core.ts';
import { PLAIN } from '../plan/plain.ts';
import type { Held } from './ledger.ts';

type Composed = (ops: Ops<Held>, ...args: unknown[]) => Held;

/** Fused calls composed of operations, over shapes: what is asked of here asks for nothing but `ops`. */
export const COMPOSED = PLAIN as unknown as Readonly<Record<'kernel.conv' | 'kernel.attention', Composed>>;
