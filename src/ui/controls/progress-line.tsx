import type { ReactNode } from 'react';
import type { Progress } from '@/session/store.ts';
import { useFormat } from '../format.ts';
import styles from './progress-line.module.css';

interface ProgressLineProps {
  /** What is being done; read out as the bar's name. */
  label: string;
  /** Real counts; a total of 0 means that it is not known, and the bar says nothing. */
  progress: Pick<Progress, 'done' | 'total' | 'unit'>;
  /** Under the bar. */
  children?: ReactNode;
}

/** A bar with its name on the left and "5.7 of 9.3 MB" on the right. */
export function ProgressLine({ label, progress: { done, total, unit }, children }: ProgressLineProps) {
  const format = useFormat();
  const show = unit === 'bytes' ? format.bytes : (value: number) => format.number(value, 0);
  const share = total > 0 ? Math.min(1, done / total) : 0;
  return (
    <div className={styles.line}>
      <div className={styles.words}>
        <span>{label}</span>
        <span className="num faint">{total > 0 ? `${show(done)} / ${show(total)}` : show(done)}</span>
      </div>
      <ProgressBar label={label} share={share} />
      {children && <div className="small muted">{children}</div>}
    </div>
  );
}

interface ProgressBarProps {
  /** Read out; stands nowhere. */
  label: string;
  /** 0 to 1. */
  share: number;
  /** A CSS colour; ink unless told. */
  color?: string;
}

/** The bar alone. */
export function ProgressBar({ label, share, color = 'var(--ink)' }: ProgressBarProps) {
  return (
    <div
      className={styles.bar}
      role="progressbar"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={Math.round(share * 100)}
    >
      <i style={{ width: `${share * 100}%`, background: color }} />
    </div>
  );
}
