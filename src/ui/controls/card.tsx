import type { ReactNode } from 'react';
import styles from './card.module.css';

interface CardProps {
  /** Left of the head. Say the finding where there is one. */
  title?: ReactNode;
  /** Right of the head: controls, a badge, a figure. */
  aside?: ReactNode;
  /** Without the body's padding, for tables and lists that bring their own. */
  flush?: boolean;
  className?: string | undefined;
  children?: ReactNode;
}

/** A surface with its title on the left and its controls on the right. */
export function Card({ title, aside, flush = false, className, children }: CardProps) {
  return (
    <section className={[styles.card, className].filter(Boolean).join(' ')}>
      {(title || aside) && (
        <header className={styles.head}>
          {title && <h2>{title}</h2>}
          {aside && <div className={styles.aside}>{aside}</div>}
        </header>
      )}
      <div className={flush ? styles.flush : styles.body}>{children}</div>
    </section>
  );
}
