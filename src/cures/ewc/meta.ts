import type { CureMeta } from '../meta.ts';

export const meta = {
  id: 'ewc',
  paper: 'Kirkpatrick et al. 2017',
  holds: 'weights',
  needs: 'head',
  start: 1e6,
} as const satisfies CureMeta;
