import type { ReactNode } from 'react';
import { useEffect } from 'react';
import styles from './present.module.css';

/** Something that a key does; its button does the same. */
export interface KeyAction {
  id: string;
  /** As `KeyboardEvent.key` has it; letters of either case. */
  keys: readonly string[];
  /** What stands on the key. */
  cap: string;
  /** Undefined where a word stands beside the key before it. */
  words?: string;
  /** Read out. */
  label: string;
  act(): void;
  enabled: boolean;
  /** At the right end, in bold. */
  last?: boolean;
}

const isTyping = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement && target.closest('input, textarea, select, [role="slider"]') !== null;

/** Hears keys wherever the focus is, but where something is typed; a focused button keeps its own space bar. */
export function useKeys(actions: readonly KeyAction[]): void {
  useEffect(() => {
    const hear = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
      const onButton = event.target instanceof HTMLElement && event.target.closest('button, a') !== null;
      if (onButton && (event.key === ' ' || event.key === 'Enter')) return;
      const action = actions.find(({ keys }) => keys.includes(event.key) || keys.includes(event.key.toLowerCase()));
      if (!action) return;
      event.preventDefault();
      if (action.enabled && !event.repeat) action.act();
      else if (action.enabled && action.id === 'forth') action.act();
    };
    addEventListener('keydown', hear);
    return () => removeEventListener('keydown', hear);
  }, [actions]);
}

/** The keys along the foot of the view, each a button. */
export function KeyRow({ actions, children }: { actions: readonly KeyAction[]; children?: ReactNode }) {
  return (
    <div className={styles.keys}>
      {actions.map(({ id, cap, words, label, act, enabled, last }) => (
        <button
          key={id}
          type="button"
          className={styles.key}
          data-last={last || undefined}
          {...(words ? {} : { 'aria-label': label })}
          title={label}
          disabled={!enabled}
          onClick={(event) => {
            // the space bar is the view's again, unless the button was pressed by it
            if (event.detail > 0) event.currentTarget.blur();
            act();
          }}
        >
          <kbd>{cap}</kbd>
          {words && <span>{words}</span>}
        </button>
      ))}
      {children}
    </div>
  );
}
