import type { TaskMeta } from '../meta.ts';

export const meta = { id: 'image-classification', input: 'image' } as const satisfies TaskMeta;
