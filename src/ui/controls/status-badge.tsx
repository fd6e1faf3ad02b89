import type { ReactNode } from 'react';
import styles from './status-badge.module.css';

export type Tone = 'neutral' | 'good' | 'warn' | 'bad' | 'info' | 'old' | 'frozen';

interface StatusBadgeProps {
  tone?: Tone;
  /** A Tabler icon at `size={13}`; colour never says it alone, so give an icon or words that do. */
  icon?: ReactNode;
  /** A pulsing dot before the words, for what runs. */
  live?: boolean;
  children: ReactNode;
}

/** A small word about a state. */
export function StatusBadge({ tone = 'neutral', icon, live = false, children }: StatusBadgeProps) {
  return (
    <span className={styles.badge} data-tone={tone}>
      {live && <span className={`${styles.dot} pulse`} />}
      {icon}
      {children}
    </span>
  );
}
