import type { ReactNode } from 'react';
import styles from './empty-state.module.css';

interface EmptyStateProps {
  title: ReactNode;
  /** One sentence. */
  children?: ReactNode;
  /** One action. */
  action?: ReactNode;
}

/** y = sin(x) e^(-x/10), a fork that has been struck and left alone. */
const WAVE = Array.from({ length: 145 }, (_, x) => {
  const y = 24 - 17 * Math.exp(-x / 46) * Math.sin((x / 144) * Math.PI * 9.4);
  return `${x === 0 ? 'M' : 'L'}${x + 2} ${y.toFixed(2)}`;
}).join('');

/** Nothing here yet: a damped wave, one sentence, one action. */
export function EmptyState({ title, children, action }: EmptyStateProps) {
  return (
    <div className={styles.empty}>
      <svg width="148" height="48" viewBox="0 0 148 48" aria-hidden="true">
        <path d={WAVE} fill="none" stroke="var(--line-2)" strokeWidth="2.5" strokeLinecap="round" />
      </svg>
      <h2>{title}</h2>
      {children && <p className="small muted">{children}</p>}
      {action && <div className={styles.action}>{action}</div>}
    </div>
  );
}
