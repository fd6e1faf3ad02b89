import styles from './export.module.css';

/** Lines of code. They scroll sideways, so the keyboard must reach them. */
export function Code({ children }: { children: string }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by the keyboard
    <pre className={styles.code} tabIndex={0}>
      {children}
    </pre>
  );
}
