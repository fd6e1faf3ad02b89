import type { Actions } from '@/session/actions.ts';
import { focusOn } from './focus-on.ts';

/** To where cures are switched on for the next run. */
export function toCures({ show }: Pick<Actions, 'show'>): void {
  show('model');
  focusOn('cures');
}
