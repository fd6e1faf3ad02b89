import type { Interval } from '@/lib/statistics.ts';
import styles from './interval-bar.module.css';

interface IntervalBarProps {
  /** Read out; without it the bar says nothing that does not stand beside it. */
  label?: string;
  /** 0 to 1. */
  share: number;
  interval: Interval;
  color: string;
  /** Another share to compare with: a thin upright line. */
  mark?: number;
}

/** A share on the line from nothing to all, with the interval it lies in by 95 %. */
export function IntervalBar({ label, share, interval: { low, high }, color, mark }: IntervalBarProps) {
  const at = (value: number) => `${100 * value}%`;
  return (
    <span className={styles.bar} {...(label ? { role: 'img', 'aria-label': label } : { 'aria-hidden': true })}>
      <i className={styles.track} />
      <i className={styles.likely} style={{ left: at(low), width: at(high - low), background: color }} />
      <i className={styles.point} style={{ left: at(share), background: color }} />
      {mark !== undefined && <i className={styles.mark} style={{ left: at(mark) }} />}
    </span>
  );
}
