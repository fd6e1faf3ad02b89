import type { ReactNode } from 'react';
import styles from './page.module.css';

interface PageProps {
  /** Says the finding: "240 pictures in 4 classes". */
  title: ReactNode;
  subtitle?: ReactNode;
  /** For the first screen's title. */
  large?: boolean;
  /** The page's one primary button and what stands beside it. On a phone it docks over the tab bar. */
  actions?: ReactNode;
  /** Why the primary button is disabled, or what it will do; stands beside it. */
  reason?: ReactNode;
  children: ReactNode;
}

/** A screen: its finding as the title, its one primary action on the right, then the content. */
export function Page({ title, subtitle, large = false, actions, reason, children }: PageProps) {
  return (
    <div className={styles.page} data-docked={actions ? true : undefined}>
      <div className={styles.head}>
        <div className={styles.words}>
          <h1 tabIndex={-1} data-large={large || undefined}>
            {title}
          </h1>
          {subtitle && <p className={styles.subtitle}>{subtitle}</p>}
        </div>
        {(actions || reason) && (
          <div className={styles.dock}>
            {reason && (
              <div className={styles.reason} aria-live="polite">
                {reason}
              </div>
            )}
            {actions && <div className={styles.actions}>{actions}</div>}
          </div>
        )}
      </div>
      {children}
    </div>
  );
}

interface WithRailProps {
  rail: ReactNode;
  /** In one column the rail comes first. */
  railFirst?: boolean;
  /** Content under the rest of it; in one column the rail comes before it. */
  below?: ReactNode;
  children: ReactNode;
}

/** Content with a rail of 372 px on its right; one column below 1080 px, where the rail's cards stand in a row. */
export function WithRail({ rail, railFirst = false, below, children }: WithRailProps) {
  return (
    <div className={styles.columns}>
      <div className={styles.column}>{children}</div>
      <aside className={styles.rail} data-first={railFirst || undefined}>
        {rail}
      </aside>
      {below && <div className={styles.below}>{below}</div>}
    </div>
  );
}
