import type { ReactNode } from 'react';
import type { Keyed } from '../controls/use-keys.ts';
import styles from './present.module.css';

/** Something that a key does; its button does the same. */
export interface KeyAction extends Keyed {
  id: string;
  /** What stands on the key. */
  cap: string;
  /** Undefined where a word stands beside the key before it. */
  words?: string;
  /** Read out. */
  label: string;
  /** At the right end, in bold. */
  last?: boolean;
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
