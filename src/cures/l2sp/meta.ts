import type { CureMeta } from '../meta.ts';

export const meta = {
  id: 'l2sp',
  paper: 'Li, Grandvalet and Davoine 2018',
  holds: 'weights',
  needs: 'nothing',
  start: 0.3,
} as const satisfies CureMeta;
