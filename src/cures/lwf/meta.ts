import type { CureMeta } from '../meta.ts';

export const meta = {
  id: 'lwf',
  paper: 'Li and Hoiem 2016',
  holds: 'answers',
  needs: 'head',
  start: 3,
} as const satisfies CureMeta;
