import type { ReactNode } from 'react';
import styles from './key-figure.module.css';

interface KeyFigureProps {
  label: ReactNode;
  /** Formatted by `useFormat`. */
  value: ReactNode;
  /** Small, after the value: a unit, a best, a count. */
  note?: ReactNode;
  /** `lg` for a page's one key figure. */
  size?: 'md' | 'lg';
}

/** A number with its name over it. Several stand in a `KeyFigures` row. */
export function KeyFigure({ label, value, note, size = 'md' }: KeyFigureProps) {
  return (
    <div className={styles.figure} data-size={size}>
      <dt>{label}</dt>
      <dd>
        <b>{value}</b> {note && <small>{note}</small>}
      </dd>
    </div>
  );
}

/** Figures side by side with a line between them; two columns on a phone. */
export function KeyFigures({ children }: { children: ReactNode }) {
  return <dl className={styles.row}>{children}</dl>;
}
