import type { CureMeta } from '../meta.ts';

export const meta = {
  id: 'replay',
  paper: 'Robins 1995',
  holds: 'answers',
  needs: 'examples',
  start: 0.3,
} as const satisfies CureMeta;
