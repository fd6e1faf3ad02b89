import styles from './key.module.css';

/** The key that does what a button does, shown on the button; `aria-keyshortcuts` says it. */
export const Key = ({ cap }: { cap: string }) => (
  <span className={styles.key} aria-hidden="true">
    {cap}
  </span>
);
