import { useLayoutEffect } from 'react';

/** Something that a key does. */
export interface Keyed {
  /** As `KeyboardEvent.key` has it; letters of either case. */
  keys: readonly string[];
  act(): void;
  enabled: boolean;
  /** Again and again while the key is held down. */
  repeats?: boolean;
}

/** Where keys belong to what is focused. */
const OWN_KEYS = 'input:not([type="radio"], [type="checkbox"]), textarea, select, [role="slider"], [role="dialog"]';

/** Hears keys wherever the focus is, but where something is typed or asked; what is focused keeps its own space bar. */
export function useKeys(actions: readonly Keyed[]): void {
  // with the paint that shows what the keys do: one pressed right after it does that
  useLayoutEffect(() => {
    const hear = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
      const within = (what: string) => event.target instanceof HTMLElement && event.target.closest(what) !== null;
      if (within(OWN_KEYS)) return;
      if ((event.key === ' ' || event.key === 'Enter') && within('button, a, input')) return;
      const action = actions.find(({ keys }) => keys.includes(event.key) || keys.includes(event.key.toLowerCase()));
      if (!action) return;
      event.preventDefault();
      if (action.enabled && (!event.repeat || action.repeats)) action.act();
    };
    addEventListener('keydown', hear);
    return () => removeEventListener('keydown', hear);
  }, [actions]);
}
